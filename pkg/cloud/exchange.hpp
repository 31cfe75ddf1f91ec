#pragma once

#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "pkg/async/asio.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/base/secret_string.hpp"
#include "pkg/cloud/environment.hpp"
#include "pkg/http/transport.hpp"
#include "pkg/json/value.hpp"

/// Proving to a cloud who we are, without its SDK. Endpoints and settings come from the variables that the SDKs read.
namespace weir::cloud {

/// What a cloud's identity service did not do, or what is missing to ask it. The text names what was asked, the status
/// and the service's error code, never a secret.
class CloudError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A service answered, and not with what was asked for.
class Refused : public CloudError {
 public:
  Refused(unsigned status, const std::string& text) : CloudError{text}, status_{status} {}
  unsigned status() const { return status_; }

 private:
  unsigned status_;
};

/// What one exchange works with. References outlive the exchange.
struct Session {
  Session(
      http::Transport& direct_,
      http::Transport& outbound_,
      const Environment& environment_,
      const Clock& clock_,
      std::string user_agent_
  )
      : direct{direct_},
        outbound{outbound_},
        environment{environment_},
        clock{clock_},
        user_agent{std::move(user_agent_)} {}

  http::Transport& direct;    ///< to metadata services of the machine: never through a proxy
  http::Transport& outbound;  ///< to everything else
  const Environment& environment;
  const Clock& clock;
  std::string user_agent;
};

/// What a server takes as Basic credentials, and for how long.
struct Login {
  Login() {}
  Login(std::string username_, SecretString password_, WallTime expires_at_)
      : username{std::move(username_)}, password{std::move(password_)}, expires_at{expires_at_} {}

  std::string username;
  SecretString password;
  WallTime expires_at;
};

/// An access token, and for how long.
struct AccessToken {
  AccessToken() {}
  AccessToken(SecretString text_, WallTime expires_at_) : text{std::move(text_)}, expires_at{expires_at_} {}

  SecretString text;
  WallTime expires_at;
};

/// @throws CloudError naming `what` when the text is no http or https URL
http::Url parse_endpoint(std::string_view what, std::string_view text);
/// The endpoint with another path: "http://host/base" and "/x" give "http://host/base/x".
http::Url at_path(http::Url endpoint, std::string_view path);

/// POST of a form.
http::Request form_request(http::Url url, std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

/// Sends; the answer has the status 200 or 201. @param about  "STS AssumeRoleWithWebIdentity", for messages
/// @throws Refused on any other status, TransportError, async::TimedOut
asio::awaitable<http::Response> exchange(
    const Session& session, http::Transport& transport, http::Request request, std::string about
);
/// The same with what proves the controller's own identity: over plain HTTP, which only who runs the controller can ask
/// for, never through the object's proxy.
asio::awaitable<http::Response> exchange_as_controller(
    const Session& session, http::Request request, std::string about
);
/// The same for a metadata service of the machine: it answers within two seconds or is not there.
asio::awaitable<http::Response> ask_metadata(const Session& session, http::Request request, std::string about);

/// The answer as a JSON object. @throws CloudError
json::Value json_answer(const http::Response& response, std::string_view about);

/// The answer as a JSON array. @throws CloudError
json::Value json_array(const http::Response& response, std::string_view about);

/// A member that is a text, not empty. @throws CloudError naming it
std::string required_text(const json::Value& document, std::string_view name, std::string_view about);
/// Seconds from now under `name`, as number or text; an hour when it is missing.
WallTime expiry_of(const json::Value& document, std::string_view name, WallTime now);

/// The file that a variable names. @throws CloudError when it cannot be read or is empty
std::string read_token_file(const Environment& environment, const std::string& path, std::string_view about);

}  // namespace weir::cloud
