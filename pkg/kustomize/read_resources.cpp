#include "pkg/kustomize/read_resources.hpp"

#include <algorithm>
#include <deque>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/context.hpp"
#include "pkg/kustomize/document_cache.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/finish.hpp"
#include "pkg/yaml/parser.hpp"

namespace weir::kustomize {
namespace {

struct Part {
  std::string_view text;
  std::size_t line;
};

/// Cuts at lines that begin with "---"; one at the very start belongs to the first document.
std::vector<Part> split_documents(std::string_view text, const std::string& source) {
  std::vector<Part> parts;
  std::size_t start = 0, start_line = 1, line = 1;
  for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) {
    ++line;
    if (!text.substr(at + 1).starts_with("---")) continue;
    const auto end = text.find('\n', at + 1);
    if (end == text.npos) break;
    const auto rest = text::trim(text.substr(at + 4, end - at - 4));
    if (!rest.empty() && rest.front() != '#')
      fail(text::cat(source, ":", line), "expected nothing but a comment after ---");
    // The line break before the separator stays with its document: it ends a literal block.
    parts.push_back({text.substr(start, at + 1 - start), start_line});
    ++line;
    start = end + 1;
    start_line = line;
    at = end;
    // The separator's own line break cannot begin the next one.
    if (start >= text.size()) break;
  }
  parts.push_back({text.substr(std::min(start, text.size())), start_line});
  return parts;
}

class ResourceReader {
 public:
  ResourceReader(Context& context, const std::string& source, bool keeps_duplicates)
      : context_{context}, source_{source}, options_{context.parse_options(source)} {
    options_.duplicates = keeps_duplicates ? yaml::DuplicateKeys::kKeep : yaml::DuplicateKeys::kRefuse;
  }

  std::vector<ResourcePointer> read(std::string_view text) {
    std::deque<Node*> queue;
    add_documents(queue, text);
    std::vector<ResourcePointer> out;
    for (; !queue.empty(); queue.pop_front()) {
      Node* node = queue.front();
      if (yaml::is_empty(node)) continue;
      check(*node);
      if (unroll(*node, queue)) continue;
      out.push_back(std::make_unique<Resource>(context_, node, place(*node)));
    }
    context_.count_resources(out.size());
    return out;
  }

 private:
  std::string place(const Node& node) const { return node.line == 0 ? source_ : text::cat(source_, ":", node.line); }

  void add_documents(std::deque<Node*>& queue, std::string_view text) {
    std::string unified;
    if (text.find("\r\n") != text.npos) {
      unified = text::replace_all(text, "\r\n", "\n");
      text = unified;
    }
    if (text.empty()) return;
    const auto parts = split_documents(text, source_);
    for (const Part& part : parts) {
      options_.first_line = part.line;
      Node* node = parse(part.text);
      if (yaml::is_missing(node)) continue;
      const auto kind = node->is_mapping() ? text_of(node->find("kind")) : std::string_view{};
      const bool is_list = parts.size() == 1 && (kind == "List" || kind == "ResourceList") &&
                           (node->find("items") != nullptr || node->find("functionConfig") != nullptr);
      if (!is_list) {
        queue.push_back(node);
        continue;
      }
      if (const Node* items = node->find("items"))
        for (Node* item : items->content) queue.push_back(item);
    }
  }

  Node* parse(std::string_view text) {
    if (const auto& cache = context_.options().documents) {
      if (const auto shared = cache->parse(text, options_)) {
        context_.keep(shared);
        return shared->document == nullptr ? nullptr : yaml::deep_copy(context_.arena(), *shared->document);
      }
    }
    const auto document = yaml::parse_first(text, context_.arena(), options_);
    if (!document) fail(document.error().where, document.error().message);
    return *document;
  }

  void check(const Node& node) const {
    if (!node.is_mapping())
      fail(
          yaml::place(source_, node),
          text::cat("expected an object with apiVersion, kind and metadata, found ", kind_name(node.kind))
      );
    const auto is_there = [](const Node* value) { return !yaml::is_empty(value); };
    const Node* kind = node.find("kind");
    const Node* metadata = node.find("metadata");
    const Node* name = is_there(metadata) ? metadata->find("name") : nullptr;
    if (!is_there(kind) || kind->value.empty()) fail(yaml::place(source_, node), "kind: required");
    if (kind->value.ends_with("List")) return;
    if (!is_there(name) || name->value.empty())
      fail(
          yaml::place(source_, metadata == nullptr ? node : *metadata),
          text::cat("metadata.name: required in ", kind->value)
      );
  }

  /// Puts the items of a FooList at the end. @returns false when the node is none
  bool unroll(const Node& node, std::deque<Node*>& queue) {
    const auto kind = node.find("kind")->value;
    if (!kind.ends_with("List")) return false;
    const Node* items = node.find("items");
    if (items == nullptr) return false;
    if (items->is_null()) return true;
    if (!items->is_sequence()) fail(yaml::place(source_, *items), text::cat("items: expected a list in ", kind));
    for (const Node* item : items->content) {
      Node* copy = nullptr;
      try {
        copy = from_quoted_json(finish(*item), context_.arena());
      } catch (Failure& failure) {
        fail(yaml::place(source_, *item), failure.message);
      }
      copy->line = item->line;
      copy->column = item->column;
      const auto item_kind = text_of(copy->find("kind"));
      const Node* inner = copy->find("items");
      if ((item_kind == "List" || item_kind == "ResourceList") && inner != nullptr) {
        for (Node* nested : inner->content) queue.push_back(nested);
      } else {
        queue.push_back(copy);
      }
    }
    return true;
  }

  Context& context_;
  const std::string& source_;
  yaml::ParseOptions options_;
};

}  // namespace

std::vector<ResourcePointer> read_resources(
    Context& context, const std::string& text, const std::string& source, bool keeps_duplicates
) {
  return ResourceReader{context, source, keeps_duplicates}.read(text);
}

}  // namespace weir::kustomize
