#include "pkg/template/template.hpp"

#include "pkg/base/text.hpp"
#include "pkg/template/builtins.hpp"
#include "pkg/template/execution.hpp"
#include "pkg/template/parser.hpp"
#include "pkg/template/quote.hpp"

namespace weir::templates {

struct TemplateSet::State {
  Options options;
  Functions builtins = builtin_functions();
  Trees trees;
};

TemplateSet::TemplateSet(Options options) : state_{std::make_unique<State>()} { state_->options = std::move(options); }

TemplateSet::~TemplateSet() = default;
TemplateSet::TemplateSet(TemplateSet&&) noexcept = default;
TemplateSet& TemplateSet::operator=(TemplateSet&&) noexcept = default;

Result<void> TemplateSet::add(std::string_view name, std::string_view text) {
  const auto has_function = [this](std::string_view function) {
    return state_->options.functions.contains(function) || state_->builtins.contains(function);
  };
  auto trees = parse_templates(name, text, has_function);
  if (!trees) return trees.error();
  for (auto& [tree_name, tree] : *trees) {
    auto& place = state_->trees[tree_name];
    if (!place || place->is_empty() || !tree->is_empty()) place = std::move(tree);
  }
  return {};
}

bool TemplateSet::contains(std::string_view name) const { return state_->trees.contains(name); }

Result<std::string> TemplateSet::render(std::string_view name, const Value& data, const Limits& limits) const {
  const auto tree = state_->trees.find(name);
  if (tree == state_->trees.end()) return InputError{"template", text::cat("no template ", quote(name))};
  const Execution::Library library{
      state_->trees, state_->options.functions, state_->builtins, state_->options.missing_key};
  try {
    Execution execution{library, limits};
    return execution.run(*tree->second, data);
  } catch (const ExecutionError& error) {
    return error.error;
  }
}

Result<Template> Template::parse(std::string_view name, std::string_view text, Options options) {
  TemplateSet set{std::move(options)};
  if (auto added = set.add(name, text); !added) return added.error();
  return Template{std::string{name}, std::move(set)};
}

}  // namespace weir::templates
