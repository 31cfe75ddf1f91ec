#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "pkg/base/duration.hpp"

namespace weir::kube {

/// The API server answered with a status of 400 or more.  Source: metav1.Status.
class ApiError : public std::runtime_error {
 public:
  ApiError(unsigned status, std::string reason, const std::string& message);

  /// Reads the metav1.Status of an answer; a body that is none becomes the message, shortened.
  static ApiError from_body(unsigned status, std::string_view body);

  unsigned status() const { return status_; }
  /// "NotFound", "Conflict", "Invalid", ...: the server's machine-readable word.
  const std::string& reason() const { return reason_; }

  bool is_not_found() const { return status_ == 404; }
  /// The server does not know the path: neither the kind is served in that version, nor any object of it there.
  bool is_unserved() const { return status_ == 404 && reason_.empty(); }
  bool is_conflict() const { return status_ == 409; }
  bool is_already_exists() const { return reason_ == "AlreadyExists"; }
  bool is_forbidden() const { return status_ == 403; }
  bool is_invalid() const { return status_ == 422; }
  /// What was sent is at fault and will be refused again: invalid, malformed, or larger than the server or its store
  /// takes.
  bool is_about_content() const;
  /// The resourceVersion or continue token is older than the server's history.
  bool is_expired() const { return status_ == 410; }

 private:
  unsigned status_;
  std::string reason_;
};

}  // namespace weir::kube
