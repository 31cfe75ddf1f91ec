#pragma once

#include <span>
#include <string>
#include <string_view>

#include "pkg/template/limits.hpp"
#include "pkg/template/value.hpp"

/// Values as Go's package fmt prints them: %v, %+v, %#v, %T, %t, %d, %s, %q, %x, ..., maps sorted
/// by their keys, structs with a method String (or Error) as that says, "%!d(string=hi)" for a verb
/// that does not fit. All throw CallError when a text becomes too large or a value is nested too
/// deep.
namespace weir::templates {

/// fmt.Sprint: a blank between neighbours that are both no text.
std::string print(std::span<const Value> values, Budget& budget);
std::string print(const Value& value, Budget& budget);

/// The same for an action that names a value where it stands: also methods of a pointer to it print it.
std::string print_in_place(const Value& value, Budget& budget);

/// What no value prints as.
inline constexpr std::string_view kNoValueText = "<no value>";

/// fmt.Sprintln: a blank between all, a line break at the end.
std::string print_line(std::span<const Value> values, Budget& budget);

/// fmt.Sprintf
std::string print_formatted(std::string_view format, std::span<const Value> values, Budget& budget);

/// A value as text for functions that want one: a text itself, else what print gives.
std::string text_of(const Value& value, Budget& budget);

}  // namespace weir::templates
