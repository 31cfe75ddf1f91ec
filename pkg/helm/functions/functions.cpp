#include "pkg/helm/functions/functions.hpp"

#include "pkg/helm/functions/groups.hpp"

namespace weir::helm {

templates::Functions chart_functions(std::shared_ptr<Outside> outside) {
  auto out = templates::sprig_functions();
  add_certificates(out, outside);
  add_dates(out, outside);
  add_encoders(out);
  add_passwords(out, outside);
  add_random(out, outside);
  return out;
}

}  // namespace weir::helm
