#include "pkg/kube/watch_decoder.hpp"

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::kube {
namespace {

WatchEvent decode_line(std::string_view line) {
  auto document = json::parse(line);
  if (document.has_error()) {
    throw ApiError{500, "", text::cat("a watch event is no JSON: ", document.error().text())};
  }
  const auto type = document->text_at({"type"});
  auto* object = document->find("object");
  if (object == nullptr) throw ApiError{500, "", "a watch event has no object"};
  if (type == "ADDED") return {WatchEvent::Type::kAdded, std::move(*object)};
  if (type == "MODIFIED") return {WatchEvent::Type::kModified, std::move(*object)};
  if (type == "DELETED") return {WatchEvent::Type::kDeleted, std::move(*object)};
  if (type == "BOOKMARK") return {WatchEvent::Type::kBookmark, std::move(*object)};
  if (type == "ERROR") {
    const auto* code = object->find("code");
    const auto status = code != nullptr ? code->integer().value_or(500) : 500;
    throw ApiError::from_body(static_cast<unsigned>(status), json::write(*object));
  }
  throw ApiError{500, "", text::cat("a watch event has the unknown type ", text::quoted(type))};
}

}  // namespace

std::vector<WatchEvent> WatchDecoder::feed(std::string_view bytes) {
  std::vector<WatchEvent> events;
  for (;;) {
    const auto end = bytes.find('\n');
    if (end == std::string_view::npos) {
      rest_.append(bytes);
      return events;
    }
    std::string_view line = bytes.substr(0, end);
    if (!rest_.empty()) line = rest_.append(line);
    if (!text::trim(line).empty()) events.push_back(decode_line(line));
    rest_.clear();
    bytes.remove_prefix(end + 1);
  }
}

}  // namespace weir::kube
