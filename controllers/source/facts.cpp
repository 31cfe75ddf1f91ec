#include "controllers/source/facts.hpp"

#include "api/source/v1/git_repository.hpp"
#include "controllers/source/source_controller.hpp"

namespace weir::source {
namespace {

std::unique_ptr<runtime::Part> make_part() { return std::make_unique<runtime::PartOf<Options>>(kName, make_unit); }

}  // namespace

runtime::ControllerFacts facts() {
  runtime::ControllerFacts out;
  out.name = kName;
  out.kinds = {api::source::GitRepository::kNames};
  out.reads = {
      {"", "secrets", {"get"}},
  };
  out.make_part = make_part;
  return out;
}

}  // namespace weir::source
