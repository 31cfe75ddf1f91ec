#include "pkg/template/functions.hpp"
#include "pkg/template/sprig/groups.hpp"

namespace weir::templates {

namespace {

Functions make_functions() {
  Functions out;
  sprig::add_dictionaries(out);
  sprig::add_durations(out);
  sprig::add_encoding(out);
  sprig::add_lists(out);
  sprig::add_numeric(out);
  sprig::add_paths(out);
  sprig::add_reflection(out);
  sprig::add_regexes(out);
  sprig::add_strings(out);
  sprig::add_urls(out);
  sprig::add_versions(out);
  return out;
}

}  // namespace

Functions sprig_functions() { return *shared_sprig_functions(); }

const std::shared_ptr<const Functions>& shared_sprig_functions() {
  static const std::shared_ptr<const Functions> functions = std::make_shared<const Functions>(make_functions());
  return functions;
}

namespace sprig {

void add_with_must(Functions& out, const std::string& name, Function function) {
  std::string must = "must" + name;
  must[4] = static_cast<char>(must[4] - 'a' + 'A');
  out[must] = function;
  out[name] = std::move(function);
}

void refuse_nil() { throw CallError{"runtime error: invalid memory address or nil pointer dereference"}; }

}  // namespace sprig
}  // namespace weir::templates
