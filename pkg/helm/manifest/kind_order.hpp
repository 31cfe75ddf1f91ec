#pragma once

#include <cstddef>
#include <string_view>

namespace weir::helm {

enum class KindOrder {
  kInstall,    ///< what others need comes first
  kUninstall,  ///< not the mirror of it: services go early
};

/// True when objects of kind `left` come before those of kind `right`. Kinds that Helm does not know come last, by
/// name; the group of a kind does not count. Source: Helm 4.2, pkg/release/util, InstallOrder and UninstallOrder.
bool is_kind_before(std::string_view left, std::string_view right, KindOrder order);

}  // namespace weir::helm
