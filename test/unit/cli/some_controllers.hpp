#pragma once

#include <vector>

#include "pkg/runtime/facts.hpp"

namespace weir::cli {

/// What a program might say of itself: names only, nothing that runs.
inline const std::vector<runtime::ControllerFacts>& some_controllers() {
  using Shows = runtime::Column::Shows;
  static const std::vector<runtime::ControllerFacts> kControllers{
      {"box-controller",
       {{{"example.com", "v1", "Box", "boxes"},
         {"bx", "crate"},
         {{"REVISION", "status.revision", Shows::kRevision}, {"NOTE", "status.note"}, runtime::kSuspended}}},
       {},
       {},
       {}},
      {"lid-controller",
       {{{"example.com", "v2", "Lid", "lids"}, {"ld"}, {}}, {{"example.com", "v2", "LidRing", "lidrings"}, {}, {}}},
       {},
       {},
       {}},
  };
  return kControllers;
}

}  // namespace weir::cli
