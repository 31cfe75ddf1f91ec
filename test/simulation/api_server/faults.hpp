#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pkg/http/message.hpp"
#include "pkg/json/value.hpp"

/// What the API server says when it refuses: a metav1.Status.  Threads: value.
namespace weir::test {

/// One thing that is wrong with an object.
struct Cause {
  Cause(std::string reason_, std::string message_, std::string field_)
      : reason{std::move(reason_)}, message{std::move(message_)}, field{std::move(field_)} {}
  std::string reason;  ///< "FieldValueInvalid"
  std::string message;
  std::string field;
};
using Causes = std::vector<Cause>;

Cause invalid(std::string field, const json::Value& value, std::string_view detail);
Cause required(std::string field, std::string_view detail = {});
Cause forbidden(std::string field, std::string_view detail);
Cause unsupported(std::string field, std::string_view value, const std::vector<std::string>& supported);
Cause duplicate(std::string field, const json::Value& value);
Cause too_long(std::string field, std::size_t bytes);

/// An answer that is a metav1.Status. Thrown inside the server, and caught by it alone.
struct Refusal {
  Refusal(unsigned code_, std::string reason_, std::string message_)
      : code{code_}, reason{std::move(reason_)}, message{std::move(message_)} {}
  unsigned code;
  std::string reason;
  std::string message;
  std::string name, group, kind, uid;  ///< details; empty ones are left out
  Causes causes;
  int retry_after_seconds = 0;
  bool has_details = false;  ///< even when they say nothing

  json::Value status() const;
  http::Response response() const;
};

/// 422. @param kind  "Deployment.apps" and the like are made of `group` and `kind`
Refusal invalid_object(std::string_view group, std::string_view kind, std::string_view name, Causes causes);
Refusal bad_request(std::string message);

}  // namespace weir::test
