#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/template/limits.hpp"
#include "pkg/template/render_error.hpp"
#include "pkg/template/value.hpp"

namespace weir::templates {

struct Tree;
class Trees;

/// Thrown when a template that a function rendered has failed. @see CallError, which wraps it
struct ExecutionError {
  std::vector<ErrorLevel> levels;  ///< innermost first
  ErrorDetail detail;
};

/// Thrown by a function that refuses its arguments; rendering ends with "error calling NAME: ..."
/// and the place.
class CallError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  /// @param cause  what the message is about: the message is followed by its text
  CallError(const std::string& message, ExecutionError cause);
  const ExecutionError& cause() const { return cause_; }

 private:
  ExecutionError cause_;
};

/// A text parsed at run time: the template that it is, and those that it defines.
struct ParsedText {
  std::shared_ptr<const Tree> tree;
  std::shared_ptr<const Trees> defines;  ///< with the text itself under its name
};

/// One call of a function: its arguments and what rendering has left of its limits.  Threads: that
/// of the rendering.
class Call {
 public:
  /// What functions may ask of the rendering that calls them.
  class Renderer {
   public:
    virtual ~Renderer() = default;
    virtual std::string render(std::string_view name, const Value& data) = 0;
    virtual Result<ParsedText> parse(std::string_view name, const Value& text) = 0;
    virtual std::string render(const ParsedText& text, const Value& data) = 0;
    virtual void will_change(const Value& value) = 0;
  };

  Call(Budget& budget, std::vector<Value> arguments, Renderer* renderer = nullptr)
      : own_{std::move(arguments)}, arguments_{own_}, budget_{budget}, renderer_{renderer} {}
  /// @param arguments  outlive the call
  Call(Budget& budget, std::span<const Value> arguments, Renderer* renderer)
      : arguments_{arguments}, budget_{budget}, renderer_{renderer} {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  std::span<const Value> arguments() const { return arguments_; }
  const Value& argument(std::size_t index) const { return arguments_[index]; }
  Budget& budget() { return budget_; }
  /// The same call with other arguments, for a function that calls another.
  Call with(std::vector<Value> arguments) const { return {budget_, std::move(arguments), renderer_}; }

  /// What another template of the set gives: the `include` of Helm.
  /// @throws CallError where there is no set, as in a method that is called while printing
  /// @throws ExecutionError when it fails
  std::string render(std::string_view name, const Value& data);
  /// A text read as a template; texts that were parsed before are not parsed again.
  /// @returns an error as TemplateSet::add gives it
  Result<ParsedText> parse(std::string_view name, const Value& text) { return renderer().parse(name, text); }
  /// What a parsed text gives: the `tpl` of Helm. While it is rendered, what it defines hides the set's
  /// templates of the same names.
  std::string render(const ParsedText& text, const Value& data) { return renderer().render(text, data); }
  /// To be told before a map that was there before this call gets an entry: it may come to hold
  /// itself, so the rendering empties it in the end.
  void will_change(const Value& value);

 private:
  Renderer& renderer() const;

  std::vector<Value> own_;
  std::span<const Value> arguments_;
  Budget& budget_;
  Renderer* renderer_;
};

/// The rest of a call's arguments, all of one type.
template <class T>
class Rest {
 public:
  explicit Rest(std::span<const Value> values) : values_{values} {}
  std::size_t size() const { return values_.size(); }
  bool empty() const { return values_.empty(); }
  decltype(auto) operator[](std::size_t index) const;
  std::span<const Value> values() const { return values_; }

 private:
  std::span<const Value> values_;
};

/// A parameter that takes a map[string]interface {}; nil has no map.
class Dict {
 public:
  explicit Dict(const Value& value) : value_{value} {}
  bool is_nil() const { return value_.kind() != Kind::kMap; }
  const Map* map() const { return is_nil() ? nullptr : &value_.as_map(); }
  const Value* find(std::string_view key) const { return is_nil() ? nullptr : value_.as_map().find(key); }
  const Value& value() const { return value_; }

 private:
  Value value_;
};

/// A parameter that also takes no value.
class Raw {
 public:
  explicit Raw(const Value& value) : value_{value} {}
  const Value& value() const { return value_; }
  const Value* operator->() const { return &value_; }

 private:
  const Value& value_;
};

/// A parameter that takes a []uint8.
class Bytes {
 public:
  explicit Bytes(const Value& value);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// A parameter of the Go type int64 (std::int64_t is Go's int).
struct Int64 {
  std::int64_t value;
};

/// A parameter that takes a []interface {}, or a []string; nil has no items.
class ListParameter {
 public:
  explicit ListParameter(const Value& value) : value_{value} {}
  bool is_nil() const { return value_.kind() != Kind::kList; }
  std::span<const Value> items() const {
    return is_nil() ? std::span<const Value>{} : std::span<const Value>{value_.as_list().items};
  }
  const Value& value() const { return value_; }

 private:
  Value value_;
};
struct AnyList : ListParameter {
  using ListParameter::ListParameter;
};
struct TextList : ListParameter {
  using ListParameter::ListParameter;
};

/// A parameter that takes a struct of one type.
template <Parameter parameter>
class StructParameter {
 public:
  explicit StructParameter(const Value& value) : value_{value} {}
  const Value& value() const { return value_; }

 private:
  const Value& value_;
};
using TimeParameter = StructParameter<Parameter::kTime>;
using VersionParameter = StructParameter<Parameter::kVersion>;
using CertificateParameter = StructParameter<Parameter::kCertificate>;

namespace detail {

template <class T>
struct Argument;

template <>
struct Argument<Value> {
  static constexpr Parameter kParameter = Parameter::kAny;
  static const Value& read(const Value& value) { return value; }
};
template <>
struct Argument<Raw> {
  static constexpr Parameter kParameter = Parameter::kValue;
  static Raw read(const Value& value) { return Raw{value}; }
};
template <>
struct Argument<std::string> {
  static constexpr Parameter kParameter = Parameter::kString;
  static const std::string& read(const Value& value) { return value.as_string(); }
};
template <>
struct Argument<std::int64_t> {
  static constexpr Parameter kParameter = Parameter::kInt;
  static std::int64_t read(const Value& value) { return value.as_integer(); }
};
template <>
struct Argument<bool> {
  static constexpr Parameter kParameter = Parameter::kBool;
  static bool read(const Value& value) { return value.as_bool(); }
};
template <>
struct Argument<double> {
  static constexpr Parameter kParameter = Parameter::kFloat64;
  static double read(const Value& value) { return value.as_real(); }
};
template <>
struct Argument<Dict> {
  static constexpr Parameter kParameter = Parameter::kDict;
  static Dict read(const Value& value) { return Dict{value}; }
};

template <>
struct Argument<Bytes> {
  static constexpr Parameter kParameter = Parameter::kBytes;
  static Bytes read(const Value& value) { return Bytes{value}; }
};
template <>
struct Argument<std::uint32_t> {
  static constexpr Parameter kParameter = Parameter::kUint32;
  static std::uint32_t read(const Value& value) { return static_cast<std::uint32_t>(value.as_unsigned()); }
};
template <>
struct Argument<Int64> {
  static constexpr Parameter kParameter = Parameter::kInt64;
  static Int64 read(const Value& value) { return Int64{value.as_integer()}; }
};
template <>
struct Argument<AnyList> {
  static constexpr Parameter kParameter = Parameter::kAnyList;
  static AnyList read(const Value& value) { return AnyList{value}; }
};
template <>
struct Argument<TextList> {
  static constexpr Parameter kParameter = Parameter::kTextList;
  static TextList read(const Value& value) { return TextList{value}; }
};

template <Parameter parameter>
struct Argument<StructParameter<parameter>> {
  static constexpr Parameter kParameter = parameter;
  static StructParameter<parameter> read(const Value& value) { return StructParameter<parameter>{value}; }
};

template <class T>
struct IsRest : std::false_type {};
template <class T>
struct IsRest<Rest<T>> : std::true_type {
  using Element = T;
};

template <class Result, class... Parameters>
struct Signature {
  using Types = std::tuple<std::remove_cvref_t<Parameters>...>;
};
template <class T>
struct SignatureOf : SignatureOf<decltype(&T::operator())> {};
template <class Object, class Result, class... Parameters>
struct SignatureOf<Result (Object::*)(Parameters...) const> : Signature<Result, Parameters...> {};
template <class Result, class... Parameters>
struct SignatureOf<Result (*)(Parameters...)> : Signature<Result, Parameters...> {};

template <class T>
decltype(auto) read_argument(Call& call, std::size_t index) {
  if constexpr (IsRest<T>::value) {
    return T{call.arguments().subspan(index)};
  } else {
    return Argument<T>::read(call.argument(index));
  }
}

template <class Body, class... Types, std::size_t... Index>
Value invoke(const Body& body, Call& call, std::tuple<Types...>*, std::index_sequence<Index...>) {
  return Value{body(call, read_argument<Types>(call, Index)...)};
}

template <class T, class Types>
struct WithoutFirst;
template <class First, class... Types>
struct WithoutFirst<First, std::tuple<First, Types...>> {
  using Tail = std::tuple<Types...>;
};

template <class... Types>
Function describe(std::tuple<Types...>*) {
  Function out;
  [[maybe_unused]] const auto add = [&]<class T>(std::type_identity<T>) {
    if constexpr (IsRest<T>::value) {
      out.parameters.push_back(Argument<typename IsRest<T>::Element>::kParameter);
      out.is_variadic = true;
    } else {
      out.parameters.push_back(Argument<T>::kParameter);
    }
  };
  (add(std::type_identity<Types>{}), ...);
  return out;
}

}  // namespace detail

template <class T>
decltype(auto) Rest<T>::operator[](std::size_t index) const {
  return detail::Argument<T>::read(values_[index]);
}

/// A Function of a callable whose parameters say what it takes: `Call&` first, then any of Value
/// (interface {}), Raw (also no value), std::string, std::int64_t (int), Int64 (int64), std::uint32_t,
/// bool, double (float64), Dict, Bytes, AnyList, TextList, TimeParameter, VersionParameter, CertificateParameter, and
/// last Rest<one of these>. It returns what a Value can be made of, and throws CallError.
template <class Body>
Function make_function(Body body) {
  using All = typename detail::SignatureOf<Body>::Types;
  using Types = typename detail::WithoutFirst<Call, All>::Tail;
  Function out = detail::describe(static_cast<Types*>(nullptr));
  out.body = [body = std::move(body)](Call& call) {
    return detail::invoke(
        body, call, static_cast<Types*>(nullptr), std::make_index_sequence<std::tuple_size_v<Types>>{}
    );
  };
  return out;
}

/// Functions by their names.
using Functions = std::map<std::string, Function, std::less<>>;

/// The functions of the Sprig library that give the same result for the same arguments. Left out
/// are those that read the environment, the network, the clock or random numbers, and those that
/// make or use keys and passwords; a template that names one of them does not parse. Source:
/// Sprig 3.3, the set that sprig.HermeticTxtFuncMap gives, less keys, dates and random numbers.
/// Made once. Threads: any.
const std::shared_ptr<const Functions>& shared_sprig_functions();
/// The same, to change.
Functions sprig_functions();

}  // namespace weir::templates
