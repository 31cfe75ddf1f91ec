#include "test/simulation/api_server/faults.hpp"

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::test {
namespace {

/// As a message shows a value: text in quotes, the rest as JSON.
std::string shown(const json::Value& value) { return json::write(value); }

}  // namespace

Cause invalid(std::string field, const json::Value& value, std::string_view detail) {
  return {
      "FieldValueInvalid",
      text::cat("Invalid value: ", shown(value), detail.empty() ? "" : ": ", detail),
      std::move(field)};
}

Cause required(std::string field, std::string_view detail) {
  return {"FieldValueRequired", text::cat("Required value", detail.empty() ? "" : ": ", detail), std::move(field)};
}

Cause forbidden(std::string field, std::string_view detail) {
  return {"FieldValueForbidden", text::cat("Forbidden: ", detail), std::move(field)};
}

Cause unsupported(std::string field, std::string_view value, const std::vector<std::string>& supported) {
  std::string all;
  for (const auto& one : supported) text::append(all, all.empty() ? "" : ", ", text::quoted(one));
  return {
      "FieldValueNotSupported",
      text::cat("Unsupported value: ", text::quoted(value), ": supported values: ", all),
      std::move(field)};
}

Cause duplicate(std::string field, const json::Value& value) {
  return {"FieldValueDuplicate", text::cat("Duplicate value: ", shown(value)), std::move(field)};
}

Cause too_long(std::string field, std::size_t bytes) {
  return {"FieldValueTooLong", text::cat("Too long: may not be more than ", bytes, " bytes"), std::move(field)};
}

json::Value Refusal::status() const {
  auto out = json::Value::object({{"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", json::Value::object()}});
  out.set("status", "Failure");
  out.set("message", message);
  if (!reason.empty()) out.set("reason", reason);
  auto details = json::Value::object();
  if (!name.empty()) details.set("name", name);
  if (!group.empty()) details.set("group", group);
  if (!kind.empty()) details.set("kind", kind);
  if (!uid.empty()) details.set("uid", uid);
  if (!causes.empty()) {
    auto list = json::Value::array();
    for (const auto& cause : causes) {
      auto one = json::Value::object({{"reason", cause.reason}, {"message", cause.message}});
      if (!cause.field.empty()) one.set("field", cause.field);
      list.push_back(std::move(one));
    }
    details.set("causes", std::move(list));
  }
  if (retry_after_seconds > 0) details.set("retryAfterSeconds", retry_after_seconds);
  if (has_details || !details.empty()) out.set("details", std::move(details));
  out.set("code", code);
  return out;
}

http::Response Refusal::response() const {
  http::Response out;
  out.status = code;
  out.headers.set("Content-Type", "application/json");
  if (retry_after_seconds > 0) out.headers.set("Retry-After", std::to_string(retry_after_seconds));
  out.body = json::write(status());
  return out;
}

Refusal invalid_object(std::string_view group, std::string_view kind, std::string_view name, Causes causes) {
  const auto qualified = group.empty() ? std::string{kind} : text::cat(kind, ".", group);
  std::string all;
  for (const auto& cause : causes) text::append(all, all.empty() ? "" : ", ", cause.field, ": ", cause.message);
  if (causes.size() > 1) all = text::cat("[", all, "]");
  Refusal out{422, "Invalid", text::cat(qualified, " ", text::quoted(name), " is invalid: ", all)};
  out.name = name;
  out.group = group;
  out.kind = kind;
  out.causes = std::move(causes);
  return out;
}

Refusal bad_request(std::string message) { return {400, "BadRequest", std::move(message)}; }

}  // namespace weir::test
