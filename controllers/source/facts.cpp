#include "controllers/source/facts.hpp"

#include "api/source/v1/git_repository.hpp"
#include "controllers/source/source_controller.hpp"

namespace weir::source {

runtime::ControllerFacts facts() {
  return runtime::facts_of(
      kName,
      {api::source::GitRepository::kNames},
      {
          {"", "secrets", {"get"}},
      },
      make_unit
  );
}

}  // namespace weir::source
