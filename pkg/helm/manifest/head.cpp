#include "pkg/helm/manifest/head.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/helm/values/number.hpp"
#include "pkg/helm/values/read_yaml.hpp"
#include "pkg/json/value.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::helm {
namespace {

using Kind = json::Value::Kind;

struct Misfit {
  std::string message;
};

std::string_view go_kind(const json::Value& value) {
  switch (value.kind()) {
    case Kind::kBool: return "bool";
    case Kind::kNumber: return "number";
    case Kind::kString: return "string";
    case Kind::kArray: return "array";
    default: return "object";
  }
}

[[noreturn]] void refuse(const json::Value& value, std::string_view place, std::string_view type) {
  throw Misfit{text::cat("json: cannot unmarshal ", go_kind(value), " into Go ", place, " of type ", type)};
}

std::string text_of(const json::Value& value, std::string_view place) {
  switch (value.kind()) {
    case Kind::kString: return value.as_string();
    case Kind::kBool: return value.as_bool() ? "true" : "false";
    case Kind::kNumber: return go_json_text(value.as_number());
    case Kind::kNull: return "";
    default: refuse(value, place, "string");
  }
}

/// Calls `each` for the members of an object; null has none.
template <class Each>
void each_member(const json::Value& value, std::string_view place, std::string_view type, Each each) {
  if (value.is_null()) return;
  if (!value.is_object()) refuse(value, place, type);
  for (const auto& member : value.as_object()) each(member.key, member.value);
}

void read_metadata(Head& head, const json::Value& metadata) {
  constexpr std::string_view kType =
      R"(struct { Name string "json:\"name\""; Annotations map[string]string "json:\"annotations\"" })";
  each_member(metadata, "struct field SimpleHead.metadata", kType, [&](std::string_view key, const json::Value& value) {
    if (text::equal_ignoring_case(key, "name") && !value.is_null()) {
      head.name = text_of(value, "struct field .metadata.name");
    } else if (text::equal_ignoring_case(key, "annotations")) {
      constexpr std::string_view kPlace = "struct field .metadata.annotations";
      each_member(value, kPlace, "map[string]string", [&](std::string_view name, const json::Value& annotation) {
        head.annotations.emplace_back(name, text_of(annotation, kPlace));
      });
    }
  });
  std::ranges::stable_sort(head.annotations, {}, &std::pair<std::string, std::string>::first);
}

bool is_of_head(std::string_view key) {
  return text::equal_ignoring_case(key, "metadata") || text::equal_ignoring_case(key, "apiVersion") ||
         text::equal_ignoring_case(key, "kind");
}

bool is_space(std::string_view text, std::size_t& width) {
  const auto next = templates::unicode::decode(text);
  width = next.size;
  return next.size > 0 && templates::unicode::is_space(next.rune);
}

std::string_view without_leading_space(std::string_view text) {
  for (std::size_t width = 0; is_space(text, width);) text.remove_prefix(width);
  return text;
}

}  // namespace

const std::string* Head::annotation(std::string_view key) const {
  // Of two keys that differ in nothing the last counts, as in a map.
  const auto at =
      std::find_if(annotations.rbegin(), annotations.rend(), [&](const auto& entry) { return entry.first == key; });
  return at == annotations.rend() ? nullptr : &at->second;
}

Result<Head> read_head(std::string_view document) {
  const auto read = read_yaml_members(document, is_of_head);
  if (!read) return InputError{"", read.error().message};
  Head head;
  try {
    each_member(*read, "value", "util.SimpleHead", [&](std::string_view key, const json::Value& value) {
      if (text::equal_ignoring_case(key, "metadata")) {
        read_metadata(head, value);
      } else if (value.is_null()) {
        return;
      } else if (text::equal_ignoring_case(key, "apiVersion")) {
        head.api_version = text_of(value, "struct field SimpleHead.apiVersion");
      } else if (text::equal_ignoring_case(key, "kind")) {
        head.kind = text_of(value, "struct field SimpleHead.kind");
      }
    });
  } catch (const Misfit& misfit) {
    return InputError{"", text::cat("error unmarshaling JSON: while decoding JSON: ", misfit.message)};
  }
  return head;
}

std::vector<std::string_view> split_documents(std::string_view text) {
  std::vector<std::string_view> out;
  const auto add = [&](std::string_view document) {
    document = without_leading_space(document);
    if (!document.empty()) out.push_back(document);
  };
  text = without_leading_space(text);
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at).starts_with("---")) {
      add(text.substr(begin, at - begin));
      begin = at + 3;
    }
    const auto line_end = text.find('\n', at);
    if (line_end == text.npos) break;
    at = line_end + 1;
  }
  add(text.substr(begin));
  return out;
}

}  // namespace weir::helm
