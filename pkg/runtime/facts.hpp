#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/meta/v1/kind.hpp"
#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"
#include "pkg/runtime/flags.hpp"
#include "pkg/runtime/manager.hpp"
#include "pkg/runtime/options.hpp"

namespace weir::runtime {

/// What RBAC must allow, in its own names.
struct Right {
  std::string_view group;  ///< empty: core
  std::string resource;    ///< "gitrepositories/status" for a subresource
  std::vector<std::string_view> verbs;
  bool in_own_namespace = false;  ///< only where the controllers live (leases)
};

/// A column that `weir get` shows between NAME and READY.
struct Column {
  enum class Shows {
    kText,
    kRevision,  ///< with its digest cut
    kFlag,      ///< True, which stands out, or False; missing is False
  };
  std::string_view heading;
  std::string_view path;  ///< "status.artifact.revision"
  Shows shows = Shows::kText;
};

inline constexpr Column kSuspended{"SUSPENDED", "spec.suspend", Column::Shows::kFlag};

/// A kind, and how people see it.
struct KindFacts {
  api::KindNames names;
  std::vector<std::string_view> aliases;  ///< the short names of its CRD, and what `flux get` calls it
  std::vector<Column> columns;
};

/// One controller of a process: its options, and what reads and uses them.
class Part {
 public:
  explicit Part(std::string_view name_) : name{name_} {}
  virtual ~Part() = default;
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  /// What parse() of the flags cannot see.
  virtual Result<void> validate() const = 0;
  virtual const CommonOptions& common() const = 0;
  /// The manager must outlive the unit.
  virtual std::unique_ptr<Unit> make_unit(Manager& manager) const = 0;

  const std::string_view name;
  Flags flags;
};

/// A Part of options that have `common`, add_flags() and validate().
template <class Options>
class PartOf final : public Part {
 public:
  using MakeUnit = std::unique_ptr<Unit> (*)(Manager&, const Options&);

  PartOf(std::string_view name_, MakeUnit maker) : Part{name_}, make_unit_{maker} { options_.add_flags(flags); }
  Result<void> validate() const override { return options_.validate(); }
  const CommonOptions& common() const override { return options_.common; }
  std::unique_ptr<Unit> make_unit(Manager& manager) const override { return make_unit_(manager, options_); }

 private:
  Options options_;
  MakeUnit make_unit_;
};

/// What the rest of the program and its tests need to know of a controller: one row for each feeds main, `weir all`,
/// help, completion, `weir check` and, as `weir __facts`, the tests of chart and RBAC.
struct ControllerFacts {
  std::string_view name;         ///< "source-controller": command, field manager, lease, ServiceAccount
  std::vector<KindFacts> kinds;  ///< that it reconciles
  std::vector<Right> reads;      ///< besides what every controller needs for its kinds
  std::vector<Right> extras;     ///< granted as well; without them something comes later, or not at all
  std::function<std::unique_ptr<Part>()> make_part;

  /// All that it needs, whatever it applies: its kinds, `reads`, events, leases.
  std::vector<Right> rights() const;
  /// {name, kinds, rights, reads, extras, flags}
  json::Value document() const;
};

/// The facts of a controller whose options are a struct, see PartOf.
template <class Options>
ControllerFacts facts_of(
    std::string_view name,
    std::vector<KindFacts> kinds,
    std::vector<Right> reads,
    std::vector<Right> extras,
    std::unique_ptr<Unit> (*make_unit)(Manager&, const Options&)
) {
  auto make_part = [name, make_unit] { return std::make_unique<PartOf<Options>>(name, make_unit); };
  return {name, std::move(kinds), std::move(reads), std::move(extras), std::move(make_part)};
}

}  // namespace weir::runtime
