#include "pkg/log/logger.hpp"

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::log {
namespace {

void append_field(std::string& out, std::string_view key, const json::Value& value) {
  out += ',';
  json::write_string_to(out, key);
  out += ':';
  json::write_to(out, value);
}

}  // namespace

std::string_view to_string(Level level) {
  switch (level) {
    case Level::kTrace: return "trace";
    case Level::kDebug: return "debug";
    case Level::kInfo: return "info";
    case Level::kError: return "error";
  }
  return "";
}

Result<Level> parse_level(std::string_view name) {
  for (const auto level : {Level::kTrace, Level::kDebug, Level::kInfo, Level::kError}) {
    if (to_string(level) == name) return level;
  }
  return InputError{"", text::cat("expected one of trace, debug, info, error, got ", text::quoted(name))};
}

Logger::Logger(std::shared_ptr<Sink> sink, Level threshold, Encoding encoding)
    : sink_{std::move(sink)}, threshold_{threshold}, encoding_{encoding} {}

Logger Logger::with(Fields fields) const {
  Logger out = *this;
  if (sink_ == nullptr) return out;
  std::string common = common_ ? *common_ : std::string{};
  for (const auto& field : fields) append_field(common, field.key(), field.value());
  out.common_ = std::make_shared<const std::string>(std::move(common));
  return out;
}

void Logger::write(Level level, Message message, std::string_view error, Fields fields) const {
  if (!enabled(level)) return;
  const std::string time = to_rfc3339_milliseconds(std::chrono::system_clock::now());
  std::string facts;
  if (!error.empty()) append_field(facts, "error", error);
  if (common_) facts += *common_;
  for (const auto& field : fields) append_field(facts, field.key(), field.value());
  std::string line;
  if (encoding_ == Encoding::kJson) {
    text::append(line, "{\"level\":\"", to_string(level), "\",\"ts\":\"", time, "\",\"msg\":");
    json::write_string_to(line, message.text());
    text::append(line, facts, "}");
  } else {
    text::append(line, time, " ", to_string(level), " ", message.text());
    if (!facts.empty()) text::append(line, " {", std::string_view{facts}.substr(1), "}");
  }
  sink_->write(text::valid_utf8(line));  // errors carry the words of servers
}

std::string what(const std::exception_ptr& failure) {
  if (!failure) return "";
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "unknown failure";
  }
}

}  // namespace weir::log
