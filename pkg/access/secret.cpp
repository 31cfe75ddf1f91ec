#include "pkg/access/secret.hpp"

#include <exception>
#include <optional>
#include <utility>

#include "pkg/async/errors.hpp"
#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kube/client.hpp"

namespace weir::access {

asio::awaitable<SecretData> read_secret(kube::Client& client, kube::ObjectKey key) {
  std::optional<kube::Object> secret;
  std::exception_ptr failure;
  try {
    secret = co_await client.get(kube::core::secrets(), key);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    if (async::is_cancelled(failure)) std::rethrow_exception(failure);
    throw AccessError{text::cat("failed to get secret '", key.text(), "': ", async::describe(failure))};
  }
  if (!secret) {
    throw AccessError{
        text::cat("failed to get secret '", key.text(), "': secrets ", text::quoted(key.name), " not found")};
  }
  SecretData out;
  out.type = secret->document().text_at({"type"});
  const auto* data = secret->document().find("data");
  if (data == nullptr || !data->is_object()) co_return out;
  for (const auto& member : data->as_object()) {
    auto decoded = base64::decode(member.value.text().value_or(""));
    if (decoded.has_error()) {
      throw AccessError{text::cat("secret '", key.text(), "': the key ", text::quoted(member.key), " is no base64")};
    }
    out.data.set(member.key, std::move(*decoded));
  }
  co_return out;
}

}  // namespace weir::access
