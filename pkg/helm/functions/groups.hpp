#pragma once

#include <memory>

#include "pkg/helm/functions/outside.hpp"
#include "pkg/template/functions.hpp"

/// The parts of the functions of charts.
namespace weir::helm {

using SharedOutside = std::shared_ptr<Outside>;

void add_certificates(templates::Functions& out, const SharedOutside& outside);
void add_dates(templates::Functions& out, const SharedOutside& outside);
void add_encoders(templates::Functions& out);
void add_passwords(templates::Functions& out, const SharedOutside& outside);
void add_random(templates::Functions& out, const SharedOutside& outside);

}  // namespace weir::helm
