#pragma once

#include <string_view>
#include <utility>

#include "pkg/json/describe.hpp"

namespace weir::json {

namespace detail {

/// Walks describe() to read what can be read; what cannot keeps what its initialiser says.
struct Salvager {
  const View& view;

  template <class T>
  void required(std::string_view name, T& out) {
    read(name, out);
  }
  template <class T>
  void defaulted(std::string_view name, T& out) {
    read(name, out);
  }
  template <class T>
  void optional(std::string_view name, T& out) {
    read(name, out);
  }

 private:
  template <class T>
  void read(std::string_view name, T& out) {
    const Value* value = view.value().find(name);
    if (value == nullptr) return;
    const View at{view, name, *value};
    if constexpr (Described<T>) {
      if (!value->is_object()) return;
      Salvager fields{at};
      describe(fields, out);
    } else {
      auto decoded = decode<T>(at);
      if (decoded) out = std::move(*decoded);
    }
  }
};

}  // namespace detail

/// Reads a described struct of which decode() has refused some field: every other field. A list, a map or an optional
/// struct is read as a whole or not at all.
template <detail::Described T>
T salvage(const View& view) {
  T out{};
  detail::Salvager fields{view};
  describe(fields, out);
  return out;
}

}  // namespace weir::json
