#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/duration.hpp"
#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"
#include "pkg/json/view.hpp"

/// One function per struct names its fields:
///
///     template <class Fields>
///     void describe(Fields& fields, GitRepositorySpec& spec) {
///       fields.required("url", spec.url);
///       fields.defaulted("timeout", spec.timeout);   // absent: what the struct's initialiser says
///       fields.optional("secretRef", spec.secret_ref);
///     }
///
/// decode(), encode() and schema() walk it. Fields may be bool, std::string, std::int64_t, Duration, Value, described
/// structs, and std::optional, std::vector and std::map<std::string, ...> of these. Threads: value.
namespace weir::json {

namespace detail {

/// Private to decode(): how a wrong field leaves the recursion.
struct DecodeFailure {
  InputError error;
};

struct Decoder;
struct Encoder;
struct SchemaWriter;

template <class T>
concept Described = requires(T& value, Decoder& fields) { describe(fields, value); };

void decode_field(const View& view, bool& out);
void decode_field(const View& view, std::string& out);
void decode_field(const View& view, std::int64_t& out);
void decode_field(const View& view, Duration& out);
void decode_field(const View& view, Value& out);
template <Described T>
void decode_field(const View& view, T& out);
template <class T>
void decode_field(const View& view, std::optional<T>& out);
template <class T>
void decode_field(const View& view, std::vector<T>& out);
template <class T>
void decode_field(const View& view, std::map<std::string, T>& out);

/// Walks describe() to read an object.
struct Decoder {
  const View& view;

  template <class T>
  void required(std::string_view name, T& out) {
    if (!read(name, out)) throw DecodeFailure{View{view, name, view.value()}.error("required")};
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
  bool read(std::string_view name, T& out) {
    const Value* value = view.value().find(name);
    // As in Go's decoder, null is the same as absent.
    if (value == nullptr || (value->is_null() && !std::same_as<T, Value>)) return false;
    decode_field(View{view, name, *value}, out);
    return true;
  }
};

template <Described T>
void decode_field(const View& view, T& out) {
  if (!view.value().is_object()) throw DecodeFailure{view.wrong_kind("an object")};
  Decoder fields{view};
  describe(fields, out);
}
template <class T>
void decode_field(const View& view, std::optional<T>& out) {
  decode_field(view, out.emplace());
}
template <class T>
void decode_field(const View& view, std::vector<T>& out) {
  if (!view.value().is_array()) throw DecodeFailure{view.wrong_kind("a list")};
  out.clear();
  for (std::size_t i = 0; i < view.value().size(); ++i) {
    decode_field(View{view, i, view.value().as_array()[i]}, out.emplace_back());
  }
}
template <class T>
void decode_field(const View& view, std::map<std::string, T>& out) {
  if (!view.value().is_object()) throw DecodeFailure{view.wrong_kind("an object")};
  out.clear();
  for (const auto& member : view.value().as_object()) {
    decode_field(View{view, member.key, member.value}, out[member.key]);
  }
}

inline Value encode_field(bool value) { return value; }
inline Value encode_field(const std::string& value) { return value; }
inline Value encode_field(std::int64_t value) { return value; }
inline Value encode_field(Duration value) { return to_string(value); }
inline Value encode_field(const Value& value) { return value; }
template <Described T>
Value encode_field(const T& value);
template <class T>
Value encode_field(const std::vector<T>& value);
template <class T>
Value encode_field(const std::map<std::string, T>& value);

inline bool is_zero(bool value) { return !value; }
inline bool is_zero(std::int64_t value) { return value == 0; }
inline bool is_zero(Duration value) { return value == Duration{}; }
inline bool is_zero(const std::string& value) { return value.empty(); }
inline bool is_zero(const Value& value) { return value.is_null(); }
template <Described T>
bool is_zero(const T&) {
  return false;
}
template <class T>
bool is_zero(const std::vector<T>& value) {
  return value.empty();
}
template <class T>
bool is_zero(const std::map<std::string, T>& value) {
  return value.empty();
}

/// Walks describe() to write an object. Optional fields that are zero or absent are left out.
struct Encoder {
  Value out = Value::object();

  template <class T>
  void required(std::string_view name, const T& value) {
    out.append_unchecked(std::string{name}, encode_field(value));
  }
  template <class T>
  void defaulted(std::string_view name, const T& value) {
    required(name, value);
  }
  template <class T>
  void optional(std::string_view name, const T& value) {
    if (!is_zero(value)) required(name, value);
  }
  template <class T>
  void optional(std::string_view name, const std::optional<T>& value) {
    if (value) required(name, *value);
  }
};

template <Described T>
Value encode_field(const T& value) {
  Encoder fields;
  describe(fields, const_cast<T&>(value));  // the encoder takes its fields as const
  return std::move(fields.out);
}
template <class T>
Value encode_field(const std::vector<T>& value) {
  Value::Array out;
  out.reserve(value.size());
  for (const auto& element : value) out.push_back(encode_field(element));
  return out;
}
template <class T>
Value encode_field(const std::map<std::string, T>& value) {
  Value::Object out;
  out.reserve(value.size());
  for (const auto& [key, element] : value) out.emplace_back(key, encode_field(element));
  return out;
}

inline Value type_schema(std::string_view type) { return Value::object({{"type", type}}); }
inline Value schema_of(const bool*) { return type_schema("boolean"); }
inline Value schema_of(const std::string*) { return type_schema("string"); }
inline Value schema_of(const std::int64_t*) { return type_schema("integer"); }
inline Value schema_of(const Duration*) { return type_schema("string"); }
inline Value schema_of(const Value*) { return Value::object(); }
template <Described T>
Value schema_of(const T*);
template <class T>
Value schema_of(const std::map<std::string, T>*);
template <class T>
Value schema_of(const std::optional<T>*) {
  return schema_of(static_cast<const T*>(nullptr));
}
template <class T>
Value schema_of(const std::vector<T>*) {
  auto out = type_schema("array");
  out.set("items", schema_of(static_cast<const T*>(nullptr)));
  return out;
}
template <class T>
Value schema_of(const std::map<std::string, T>*) {
  auto out = type_schema("object");
  out.set("additionalProperties", schema_of(static_cast<const T*>(nullptr)));
  return out;
}

/// Walks describe() to say which fields there are, in the words of OpenAPI.
struct SchemaWriter {
  Value properties = Value::object();
  Value needed = Value::array();

  template <class T>
  void required(std::string_view name, const T&) {
    properties.set(name, schema_of(static_cast<const T*>(nullptr)));
    needed.push_back(name);
  }
  template <class T>
  void defaulted(std::string_view name, const T& value) {
    auto property = schema_of(static_cast<const T*>(nullptr));
    property.set("default", encode_field(value));
    properties.set(name, std::move(property));
  }
  template <class T>
  void optional(std::string_view name, const T&) {
    properties.set(name, schema_of(static_cast<const T*>(nullptr)));
  }
};

template <Described T>
Value schema_of(const T*) {
  SchemaWriter fields;
  T value{};
  describe(fields, value);
  auto out = type_schema("object");
  out.set("properties", std::move(fields.properties));
  if (!fields.needed.empty()) out.set("required", std::move(fields.needed));
  return out;
}

}  // namespace detail

/// Reads a described struct. Members that it does not name are ignored, as the API server has pruned them already.
/// @returns an error that names the first wrong field: "spec.url: required"
template <class T>
Result<T> decode(const View& view) {
  try {
    T out{};
    detail::decode_field(view, out);
    return out;
  } catch (detail::DecodeFailure& failure) {
    return std::move(failure.error);
  }
}

template <class T>
Value encode(const T& value) {
  return detail::encode_field(value);
}

/// {"type": "object", "properties": {...}, "required": [...]}: what describe() promises, to hold a CRD against.
template <class T>
Value schema() {
  return detail::schema_of(static_cast<const T*>(nullptr));
}

}  // namespace weir::json
