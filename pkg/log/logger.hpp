#pragma once

#include <concepts>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "pkg/base/clock.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/json/value.hpp"
#include "pkg/log/sink.hpp"

namespace weir::log {

enum class Level : std::uint8_t { kTrace, kDebug, kInfo, kError };

std::string_view to_string(Level level);
/// trace, debug, info, error
Result<Level> parse_level(std::string_view name);

enum class Encoding : std::uint8_t { kJson, kConsole };

/// What a line says. Only a string literal converts: facts belong in fields, and so no secret can be part of it.
class Message {
 public:
  consteval Message(const char* text) : text_{text} {}
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// One fact of a line.
class Field {
 public:
  Field(std::string_view key, std::string_view value) : key_{key}, value_{value} {}
  Field(std::string_view key, const char* value) : key_{key}, value_{value} {}
  Field(std::string_view key, const std::string& value) : key_{key}, value_{value} {}
  Field(std::string_view key, std::integral auto value) : key_{key}, value_{value} {}
  Field(std::string_view key, Duration value) : key_{key}, value_{weir::to_string(value)} {}
  Field(std::string_view key, std::chrono::nanoseconds value) : Field{key, Duration{value}} {}
  Field(std::string_view key, json::Value value) : key_{key}, value_{std::move(value)} {}

  std::string_view key() const { return key_; }
  const json::Value& value() const { return value_; }

 private:
  std::string_view key_;
  json::Value value_;
};

using Fields = std::initializer_list<Field>;

/// Writes structured lines; a value that is cheap to copy and carries the facts common to its lines.
/// Keys and forms are those of Flux's logs, which `flux logs` reads: level, ts, msg, error.
/// Threads: any.
class Logger {
 public:
  /// Writes nothing.
  Logger() = default;
  Logger(std::shared_ptr<Sink> sink, Level threshold, Encoding encoding = Encoding::kJson);

  /// The same logger with more facts on every line.
  Logger with(Fields fields) const;

  bool enabled(Level level) const { return sink_ != nullptr && level >= threshold_; }

  void trace(Message message, Fields fields = {}) const { write(Level::kTrace, message, {}, fields); }
  void debug(Message message, Fields fields = {}) const { write(Level::kDebug, message, {}, fields); }
  void info(Message message, Fields fields = {}) const { write(Level::kInfo, message, {}, fields); }
  /// @param error  what went wrong, in words free of secrets
  void error(Message message, std::string_view error, Fields fields = {}) const {
    write(Level::kError, message, error, fields);
  }

 private:
  void write(Level level, Message message, std::string_view error, Fields fields) const;

  std::shared_ptr<Sink> sink_;
  Level threshold_ = Level::kInfo;
  Encoding encoding_ = Encoding::kJson;
  std::shared_ptr<const std::string> common_;  // encoded fields, each with a leading comma
};

/// The text of an exception of any type.
std::string what(const std::exception_ptr& failure);

}  // namespace weir::log
