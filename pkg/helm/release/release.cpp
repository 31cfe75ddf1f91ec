#include "pkg/helm/release/release.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/values/prepare.hpp"

namespace weir::helm {
namespace {

constexpr std::size_t kLongestName = 53;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// A label of DNS: lower-case letters, digits, and dashes inside.
bool is_label(std::string_view label) {
  return !label.empty() && is_letter_or_digit(label.front()) && is_letter_or_digit(label.back()) &&
         std::ranges::all_of(label, [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

ReleaseFailure failure(std::string words, std::vector<std::string> warnings = {}) {
  ReleaseFailure out;
  out.words = std::move(words);
  out.warnings = std::move(warnings);
  return out;
}

}  // namespace

void throw_exception_from_error(const ReleaseFailure& failure, const boost::source_location&) {
  throw std::invalid_argument{failure.words};
}

Result<void> check_release_name(std::string_view name) {
  const auto labels = text::split(name, '.');
  if (name.size() <= kLongestName && std::ranges::all_of(labels, is_label)) return {};
  return InputError{
      "",
      text::cat(
          "release name ",
          text::quoted(name),
          ": invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ "
          "and "
          "the length must not be longer than ",
          kLongestName
      )};
}

ReleaseResult<RenderedRelease> render_release(const ReleaseInput& input) {
  if (const auto installable = check_installable(*input.chart); !installable)
    return failure(installable.error().message);
  std::vector<std::string> warnings;
  if (input.chart->metadata.is_deprecated) warnings.emplace_back("this chart is deprecated");
  if (const auto name = check_release_name(input.release.name); !name)
    return failure(text::cat("release name check failed: ", name.error().message));
  auto prepared = prepare(*input.chart, input.user_values, {input.skips_schemas, input.schema_loader});
  if (!prepared) return failure(prepared.error().message, std::move(warnings));
  warnings.insert(warnings.end(), prepared->warnings.begin(), prepared->warnings.end());

  RenderedRelease out;
  out.chart = std::move(prepared->chart);
  const auto values = std::make_shared<json::Value>(std::move(prepared->values));
  const auto& capabilities = input.capabilities;
  const auto compatible =
      check_kube_version(*out.chart, capabilities.normalized_kube_version, capabilities.normalized_kube_version);
  if (!compatible) {
    auto refused = failure(compatible.error().message, std::move(warnings));
    refused.is_of_rendering = true;
    return refused;
  }

  RenderInput rendering;
  rendering.chart = out.chart;
  rendering.values = values;
  rendering.release = input.release;
  rendering.capabilities = capabilities;
  rendering.functions = input.functions;
  rendering.lookup = input.lookup;
  rendering.limits = input.limits;
  rendering.stop = input.stop;
  auto rendered = render(rendering);
  if (!rendered) {
    auto refused = failure(rendered.error().words, std::move(warnings));
    refused.explanation = rendered.error().explanation();
    refused.is_of_rendering = true;
    return refused;
  }
  auto sorted = sort_manifests(rendered->files);
  if (!sorted) {
    auto refused = failure(sorted.error().message, std::move(warnings));
    refused.is_of_rendering = true;
    for (const auto& file : rendered->files) {
      if (!text::trim(file.text).empty()) append_document(refused.rendered, file.name, file.text);
    }
    return refused;
  }
  warnings.insert(warnings.end(), sorted->warnings.begin(), sorted->warnings.end());
  rendering.values.reset();
  out.values = std::move(*values);
  out.manifests = std::move(sorted->manifests);
  out.hooks = std::move(sorted->hooks);
  out.crds = crd_files(*out.chart);
  out.notes = std::move(rendered->notes);
  out.warnings = std::move(warnings);
  return out;
}

}  // namespace weir::helm
