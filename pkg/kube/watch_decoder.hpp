#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pkg/kube/client.hpp"

namespace weir::kube {

/// Cuts the bytes of a watch into events, wherever the network broke them. Pure.  Threads: value.
class WatchDecoder {
 public:
  /// @returns the events that are complete now
  /// @throws ApiError for an ERROR event, and for a line that is no watch event
  std::vector<WatchEvent> feed(std::string_view bytes);

 private:
  std::string rest_;  // of a line whose end has not come yet
};

}  // namespace weir::kube
