#pragma once

#include <string>

namespace weir::api {

/// Which commit; when several are set: commit, then name, tag, semver, branch.
struct GitRepositoryRef {
  std::string branch;
  std::string tag;
  std::string semver;
  std::string name;
  std::string commit;
};
template <class Fields>
void describe(Fields& fields, GitRepositoryRef& ref) {
  fields.optional("branch", ref.branch);
  fields.optional("tag", ref.tag);
  fields.optional("semver", ref.semver);
  fields.optional("name", ref.name);
  fields.optional("commit", ref.commit);
}

}  // namespace weir::api
