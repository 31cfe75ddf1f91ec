#pragma once

#include <iosfwd>
#include <string>

#include "pkg/helm/release/release.hpp"

namespace weir::helm {

struct PrintOptions {
  bool includes_crds = false;
  bool has_hooks = true;
  bool has_tests = true;
};

/// Whether the hook is printed.
bool is_printed(const Hook& hook, const PrintOptions& options);

/// A release as one text, in the order in which `helm template` prints it: files of crds/, objects, hooks.
/// Threads: any, pure.
std::string print(const RenderedRelease& release, const PrintOptions& options);
/// The same, piece by piece: a large release is not held a second time.
void print(const RenderedRelease& release, const PrintOptions& options, std::ostream& out);

}  // namespace weir::helm
