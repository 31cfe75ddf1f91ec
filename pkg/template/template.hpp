#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/template/functions.hpp"
#include "pkg/template/limits.hpp"
#include "pkg/template/render_error.hpp"
#include "pkg/template/value.hpp"

namespace weir::templates {

/// What a map gives for a key that it has not.
enum class MissingKey {
  kNoValue,  ///< prints as <no value>
  kZero,     ///< the zero value of the map's values; nil for interface {}
  kError,    ///< ends rendering
};

struct Options {
  /// The set's own, which hide shared ones of the same name.
  Functions functions;
  std::shared_ptr<const Functions> shared_functions = shared_sprig_functions();
  MissingKey missing_key = MissingKey::kNoValue;
  /// The template that messages name when another was not found; empty: the one that asked for it.
  std::string root_name;
};

/// Templates in the language of Go's text/template, which may call each other by their names: parse
/// once, render many times. Every action and every builtin function is there; a function that is
/// not known is an error of parsing. There are no pointers, channels or unexported things: data is
/// values, and structs with methods (value.hpp). Errors are worded as Go words them and name
/// template, line and column: "template: message:1:7: executing \"message\" at <.Name.First>: can't
/// evaluate field First in type string". Threads: add() from one; rendering is const and may happen
/// on many at once. Source: https://pkg.go.dev/text/template and its behaviour in Go 1.26.
class TemplateSet {
 public:
  explicit TemplateSet(Options options = {});
  ~TemplateSet();
  TemplateSet(TemplateSet&&) noexcept;
  TemplateSet& operator=(TemplateSet&&) noexcept;

  /// Parses a text as the template of this name, and whatever it defines. A template of the same
  /// name is replaced, unless the new one is nothing but white space.
  Result<void> add(std::string_view name, std::string_view text);
  /// @param text  kept, not copied
  Result<void> add(std::string_view name, std::shared_ptr<const std::string> text);
  bool contains(std::string_view name) const;

  /// What a template gives for this data. Data is copied first, so that `set` and the like change
  /// it for this rendering only; a struct's methods must be safe to call on the thread of the
  /// rendering.
  Result<std::string> render(std::string_view name, const Value& data, const Limits& limits = {}) const;

 private:
  friend class Rendering;
  struct State;
  std::unique_ptr<State> state_;
};

/// Several renderings on one graph of data, which they may change: what `set` puts into a map is
/// there for the templates rendered later. All take from the same limits, the output of each for
/// itself. At the end the maps that were changed are emptied, as they may hold themselves: the
/// data is used up. Threads: one, and values of the graph are not used on others meanwhile.
class Rendering {
 public:
  /// @param set   outlives the rendering; nothing is added to it meanwhile
  /// @param stop  looked at every thousand steps
  explicit Rendering(const TemplateSet& set, const Limits& limits = {}, std::stop_token stop = {});
  ~Rendering();
  Rendering(const Rendering&) = delete;
  Rendering& operator=(const Rendering&) = delete;

  RenderResult<std::string> render(std::string_view name, const Value& data);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One template that stands alone.  Threads: as TemplateSet.
class Template {
 public:
  static Result<Template> parse(std::string_view name, std::string_view text, Options options = {});
  Result<std::string> render(const Value& data, const Limits& limits = {}) const {
    return set_.render(name_, data, limits);
  }

 private:
  Template(std::string name, TemplateSet set) : name_{std::move(name)}, set_{std::move(set)} {}

  std::string name_;
  TemplateSet set_;
};

}  // namespace weir::templates
