#include "pkg/helm/manifest/manifest.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/helm/chart/path_match.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::helm {
namespace {

constexpr std::string_view kSource = "# Source: ";

std::string_view base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

/// A value of a log line, quoted when it needs to be.
std::string logged(const std::string& value) {
  return value.empty() || value.find_first_of(" \"=") != std::string::npos ? text::quoted(value) : value;
}

template <class Object, class KindOf>
void sort_by_kind(std::vector<Object>& objects, KindOrder order, KindOf kind_of) {
  std::ranges::stable_sort(objects, [&](const Object& left, const Object& right) {
    return is_kind_before(kind_of(left), kind_of(right), order);
  });
}

struct Piece {
  std::string_view document;
  Head head;
};

Result<std::vector<Piece>> read_pieces(const RenderedFile& file) {
  std::vector<Piece> out;
  for (const auto document : split_documents(file.text)) {
    auto head = read_head(document);
    if (!head) return InputError{"", text::cat("YAML parse error on ", file.name, ": ", head.error().message)};
    out.push_back({document, *std::move(head)});
  }
  return out;
}

/// A piece of the text, in the text's own memory.
std::string taken(std::string& text, std::string_view piece) {
  const auto begin = static_cast<std::size_t>(piece.data() - text.data());
  text.resize(begin + piece.size());
  text.erase(0, begin);
  return std::move(text);
}

}  // namespace

ResourcePolicy resource_policy(const Head& head) {
  const std::string* value = head.annotation(kResourcePolicyAnnotation);
  if (value == nullptr) return ResourcePolicy::kNone;
  return text::lower(templates::unicode::trim_space(*value)) == "keep" ? ResourcePolicy::kKeep
                                                                       : ResourcePolicy::kUnknown;
}

Result<Sorted> sort_manifests(std::vector<RenderedFile>& files, KindOrder order) {
  std::vector<RenderedFile*> by_path;
  for (auto& file : files) by_path.push_back(&file);
  std::ranges::stable_sort(by_path, {}, [](const RenderedFile* file) -> const std::string& { return file->name; });
  std::erase_if(by_path, [](const RenderedFile* file) { return base_name(file->name).starts_with('_'); });
  std::vector<std::vector<Piece>> pieces;
  for (const auto* file : by_path) {
    auto read = read_pieces(*file);
    if (!read) return read.error();
    pieces.push_back(*std::move(read));
  }
  Sorted out;
  for (std::size_t i = 0; i < by_path.size(); ++i) {
    for (auto& piece : pieces[i]) {
      const std::string* events = piece.head.annotation(kHookAnnotation);
      if (events == nullptr) {
        auto text = pieces[i].size() == 1 ? taken(by_path[i]->text, piece.document) : std::string{piece.document};
        out.manifests.push_back({by_path[i]->name, std::move(text), std::move(piece.head)});
      } else if (auto hook = read_hook(piece.head, by_path[i]->name, piece.document)) {
        out.hooks.push_back(*std::move(hook));
      } else {
        out.warnings.push_back(text::cat("skipping unknown hooks hookTypes=", logged(*events)));
      }
    }
  }
  sort_by_kind(out.manifests, order, [](const Manifest& manifest) -> std::string_view { return manifest.head.kind; });
  sort_by_kind(out.hooks, order, [](const Hook& hook) -> std::string_view { return hook.kind; });
  return out;
}

void append_document(std::string& out, std::string_view path, std::string_view text) {
  text::append(out, "---\n", kSource, path, "\n", text, "\n");
}

std::string release_manifest(const std::vector<Manifest>& manifests) {
  std::string out;
  for (const auto& manifest : manifests) append_document(out, manifest.path, manifest.text);
  return out;
}

std::vector<std::string> documents_from(std::string_view printed, std::string_view pattern) {
  std::vector<std::string> out;
  for (const auto document : split_documents(printed)) {
    // "# Source: CHART/REST": Helm takes the first such line of a document.
    std::string_view rest;
    for (auto at = document.find(kSource); at != document.npos; at = document.find(kSource, at + 1)) {
      const auto line = document.substr(at + kSource.size());
      const auto slash = line.find('/');
      const auto line_end = line.find('\n');
      if (slash == 0 || slash == line.npos || slash + 1 >= std::min(line_end, line.size())) continue;
      rest = line.substr(slash + 1, line_end == line.npos ? line.npos : line_end - slash - 1);
      break;
    }
    const auto fits = match_path(pattern, rest);  // a pattern that is none fits nothing
    if (!rest.empty() && fits && *fits) out.emplace_back(document);
  }
  return out;
}

}  // namespace weir::helm
