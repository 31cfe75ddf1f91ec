#pragma once

#include "test/support/control_plane.hpp"

namespace weir::kube {

/// The API server that the cases of *_server_test.cpp and their like are about.
inline test::ControlPlane& plane() { return test::ControlPlane::shared(); }

}  // namespace weir::kube
