#include "pkg/kube/api_error.hpp"

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::kube {
namespace {

constexpr std::size_t kLongestForeignText = 300;

}  // namespace

ApiError::ApiError(unsigned status, std::string reason, const std::string& message)
    : std::runtime_error{message}, status_{status}, reason_{std::move(reason)} {}

bool ApiError::is_about_content() const {
  if (status_ == 400 || status_ == 413 || status_ == 422) return true;
  // The store's own limits come as an internal error. Source: etcd, ErrRequestTooLarge; gRPC, "larger than max".
  const std::string_view text = what();
  return status_ == 500 &&
         (text.find("too large") != std::string_view::npos || text.find("larger than max") != std::string_view::npos);
}

ApiError ApiError::from_body(unsigned status, std::string_view body) {
  const auto document = json::parse(body);
  if (document && document->text_at({"kind"}) == "Status") {
    const auto message = document->text_at({"message"});
    const auto reason = document->text_at({"reason"});
    return ApiError{
        status,
        std::string{reason},
        message.empty() ? text::cat("the server answered ", status, " ", reason) : std::string{message}};
  }
  const auto shown = text::trim(body.substr(0, kLongestForeignText));
  return ApiError{
      status,
      "",
      shown.empty() ? text::cat("the server answered ", status)
                    : text::cat("the server answered ", status, ": ", shown)};
}

}  // namespace weir::kube
