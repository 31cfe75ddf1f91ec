#include "pkg/kustomize/field_spec.hpp"

#include "pkg/base/text.hpp"

namespace weir::kustomize {

void merge_spec(FieldSpecs& specs, const FieldSpec& incoming) {
  for (const FieldSpec& known : specs) {
    if (known.path != incoming.path || !is_selected(known.gvk(), incoming.gvk())) continue;
    if (known.may_create != incoming.may_create)
      fail(
          "", text::cat("conflicting field specs for ", incoming.path, ": create is true in one and false in the other")
      );
    return;
  }
  specs.push_back(incoming);
}

void merge_specs(FieldSpecs& specs, const FieldSpecs& incoming) {
  for (const FieldSpec& spec : incoming) merge_spec(specs, spec);
}

ParsedSpec::ParsedSpec(const FieldSpec& spec_) : spec{spec_} {
  for (std::string& name : split_path(spec.path, '/')) {
    Step step;
    step.is_list = name.ends_with("[]");
    if (step.is_list) name.resize(name.size() - 2);
    // Blanks around a name do not count.
    step.name = std::string{text::trim(name)};
    steps.push_back(std::move(step));
  }
}

SpecIndex::SpecIndex(const FieldSpecs& specs) {
  specs_.reserve(specs.size());
  for (const FieldSpec& spec : specs) specs_.push_back(std::make_unique<ParsedSpec>(spec));
}

const std::vector<const ParsedSpec*>& SpecIndex::for_kind(std::string_view api_version, std::string_view kind) {
  key_.assign(api_version);
  key_ += ' ';
  key_ += kind;
  const auto [entry, is_new] = by_kind_.try_emplace(key_);
  if (is_new) {
    const Gvk gvk = Gvk::from(api_version, kind);
    for (const auto& spec : specs_)
      if (is_selected(gvk, spec->spec.gvk())) entry->second.push_back(spec.get());
  }
  return entry->second;
}

}  // namespace weir::kustomize
