#include "pkg/template/template.hpp"

#include "pkg/base/text.hpp"
#include "pkg/template/builtins.hpp"
#include "pkg/template/execution.hpp"
#include "pkg/template/parser.hpp"
#include "pkg/template/quote.hpp"

namespace weir::templates {

struct TemplateSet::State {
  Library library;
};

TemplateSet::TemplateSet(Options options) : state_{std::make_unique<State>()} {
  state_->library.options = std::move(options);
}

TemplateSet::~TemplateSet() = default;
TemplateSet::TemplateSet(TemplateSet&&) noexcept = default;
TemplateSet& TemplateSet::operator=(TemplateSet&&) noexcept = default;

Result<void> TemplateSet::add(std::string_view name, std::string_view text) {
  return add(name, std::make_shared<const std::string>(text));
}

Result<void> TemplateSet::add(std::string_view name, std::shared_ptr<const std::string> text) {
  auto trees = state_->library.parse(name, std::move(text));
  if (!trees) return trees.error();
  for (auto& [tree_name, tree] : *trees) {
    auto& place = state_->library.trees[tree_name];
    if (!place || place->is_empty() || !tree->is_empty()) place = std::move(tree);
  }
  return {};
}

bool TemplateSet::contains(std::string_view name) const { return state_->library.trees.find(name) != nullptr; }

Result<std::string> TemplateSet::render(std::string_view name, const Value& data, const Limits& limits) const {
  const Tree* tree = state_->library.trees.find(name);
  if (!tree) return InputError{"template", text::cat("no template ", quote(name))};
  Execution execution{state_->library, limits, {}};
  auto out = execution.run_on_copy(*tree, data);
  if (!out) return out.error().input_error();
  return std::move(*out);
}

std::optional<FunctionChoice> Library::find_function(std::string_view name) const {
  FunctionChoice out;
  if (const auto own = options.functions.find(name); own != options.functions.end()) {
    out.function = &own->second;
    return out;
  }
  if (const auto shared = options.shared_functions->find(name); shared != options.shared_functions->end()) {
    out.function = &shared->second;
    return out;
  }
  const Functions& builtins = builtin_functions();
  const auto builtin = builtins.find(name);
  if (builtin == builtins.end()) return std::nullopt;
  out.function = &builtin->second;
  out.is_and = name == "and";
  out.is_or = name == "or";
  return out;
}

Result<Trees> Library::parse(std::string_view name, std::shared_ptr<const std::string> text) const {
  return parse_templates(name, std::move(text), [this](std::string_view function) { return find_function(function); });
}

struct Rendering::State {
  Execution execution;
};

Rendering::Rendering(const TemplateSet& set, const Limits& limits, std::stop_token stop)
    : state_{new State{{set.state_->library, limits, std::move(stop)}}} {}

Rendering::~Rendering() = default;

RenderResult<std::string> Rendering::render(std::string_view name, const Value& data) {
  return state_->execution.run(name, data);
}

Result<Template> Template::parse(std::string_view name, std::string_view text, Options options) {
  TemplateSet set{std::move(options)};
  if (auto added = set.add(name, text); !added) return added.error();
  return Template{std::string{name}, std::move(set)};
}

}  // namespace weir::templates
