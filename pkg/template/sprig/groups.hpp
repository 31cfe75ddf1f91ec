#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pkg/template/functions.hpp"

/// The parts of the Sprig functions, and what several of them need.  Source: Sprig 3.3 and its
/// documentation.
namespace weir::templates::sprig {

void add_dictionaries(Functions& out);
void add_durations(Functions& out);
void add_encoding(Functions& out);
void add_lists(Functions& out);
void add_numeric(Functions& out);
void add_paths(Functions& out);
void add_reflection(Functions& out);
void add_regexes(Functions& out);
void add_strings(Functions& out);
void add_urls(Functions& out);
void add_versions(Functions& out);

/// Registers a function under its name and under "must" + Name, which in Sprig differ in how they
/// fail.
void add_with_must(Functions& out, const std::string& name, Function function);

/// Lets go of the regular expressions that were compiled on this thread: at the end of a rendering.
void forget_patterns();

/// What Sprig takes for empty: nil, zero, false, nothing inside.
bool is_empty(const Value& value);

/// Numbers of anything, as the functions cast them: a text that is no number is 0.
std::int64_t to_integer(const Value& value);
double to_real(const Value& value);

/// Go's word for using a nil where something must be. @throws CallError
[[noreturn]] void refuse_nil();

/// A list of anything, or one value, as texts; nil elements are left out.
std::vector<std::string> to_texts(const Value& value, Budget& budget);

/// Joins within the budget.
std::string join(const std::vector<std::string>& parts, std::string_view separator, Budget& budget);

/// Every `from` replaced by `to`, within the budget; an empty `from` stands before every character
/// and at the end.
std::string replace(std::string_view text, std::string_view from, std::string_view to, Budget& budget);

/// Pieces between separators; an empty separator splits into characters. @param limit  at most so
/// many; < 0: all
std::vector<std::string> split(std::string_view text, std::string_view separator, std::int64_t limit, Budget& budget);

/// A string-to-something map of the type map[string]string.
Value numbered(const std::vector<std::string>& parts);

}  // namespace weir::templates::sprig
