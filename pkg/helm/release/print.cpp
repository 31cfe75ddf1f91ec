#include "pkg/helm/release/print.hpp"

#include "pkg/base/text.hpp"

namespace weir::helm {

bool is_printed(const Hook& hook, const PrintOptions& options) {
  return options.has_hooks && (options.has_tests || !hook.runs_at(HookEvent::kTest));
}

std::string print(const RenderedRelease& release, const PrintOptions& options) {
  std::string objects;
  if (options.includes_crds) {
    for (const auto& crd : release.crds) append_document(objects, crd.path, crd.file.view());
  }
  for (const auto& manifest : release.manifests) append_document(objects, manifest.path, manifest.text);
  std::string out = text::cat(text::trim(objects), "\n");
  for (const auto& hook : release.hooks) {
    if (is_printed(hook, options)) append_document(out, hook.path, hook.text);
  }
  return out;
}

}  // namespace weir::helm
