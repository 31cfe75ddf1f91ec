#include "pkg/git/wire/ssh_service.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <unistd.h>

#include "pkg/async/blocking_pool.hpp"
#include "pkg/async/errors.hpp"
#include "pkg/base/base64.hpp"
#include "pkg/base/key_limits.hpp"
#include "pkg/base/text.hpp"
#include "pkg/git/errors.hpp"
#include "pkg/git/known_hosts.hpp"
#include "pkg/git/libssh.hpp"
#include "pkg/git/ssh_private_key.hpp"
#include "pkg/git/ssh_wire.hpp"
#include "pkg/http/dial.hpp"

namespace weir::git::wire {

namespace {

constexpr const char* kDefaultUser = "git";
constexpr std::size_t kReadBytes = 32 * 1024;
constexpr std::size_t kMostErrorText = 1000;

struct Free {
  void operator()(ssh_session_struct* session) const { ssh_free(session); }
  void operator()(ssh_channel_struct* channel) const { ssh_channel_free(channel); }
  void operator()(ssh_key_struct* key) const { ssh_key_free(key); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::string taken(char* text) {
  std::string out = text ? text : "";
  ssh_string_free_char(text);
  return out;
}

/// The name that known_hosts files use for the type of a key.
std::string type_of(ssh_key key) {
  const auto type = ssh_key_type(key);
  if (type == SSH_KEYTYPE_ECDSA_P256 || type == SSH_KEYTYPE_ECDSA_P384 || type == SSH_KEYTYPE_ECDSA_P521 ||
      type == SSH_KEYTYPE_ECDSA)
    return ssh_pki_key_ecdsa_name(key);
  return ssh_key_type_to_char(type);
}

std::string fingerprint_of(ssh_key key) {
  unsigned char* hash = nullptr;
  std::size_t length = 0;
  if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) != SSH_OK) return "unknown";
  std::string out = taken(ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length));
  ssh_clean_pubkey_hash(&hash);
  return out;
}

/// One RSA key serves several signature algorithms; the old one with SHA-1 is not offered.
std::vector<std::string> algorithms_of(const std::string& key_type) {
  if (key_type == "ssh-rsa") return {"rsa-sha2-512", "rsa-sha2-256"};
  return {key_type};
}

/// Which host key algorithms to offer: those of the keys we know, so that the server does not show
/// us another one.
std::string offered_algorithms(const std::vector<std::string>& known_types, const std::vector<std::string>& allowed) {
  std::vector<std::string> known;
  for (const auto& type : known_types) {
    for (auto& algorithm : algorithms_of(type)) known.push_back(std::move(algorithm));
  }
  if (allowed.empty()) return text::join(known, ",");
  std::vector<std::string> out;
  for (const auto& algorithm : allowed) {
    if (known.empty() || std::find(known.begin(), known.end(), algorithm) != known.end()) out.push_back(algorithm);
  }
  return text::join(out.empty() ? allowed : out, ",");
}

/// A POSIX shell word: the server hands the command to a shell.
std::string shell_quoted(std::string_view text) { return text::cat('\'', text::replace_all(text, "'", "'\\''"), '\''); }

GitError unusable_key(std::string_view why) {
  return GitError{GitFailure::kAuthentication, text::cat("ssh: the private key (identity) ", why)};
}

/// The length of an RSA key; 0 for other kinds, whose length is fixed.
std::size_t bits_of(ssh_key key) {
  char* text = nullptr;
  if (ssh_key_type(key) != SSH_KEYTYPE_RSA || ssh_pki_export_pubkey_base64(key, &text) != SSH_OK) return 0;
  const auto blob = base64::decode(taken(text));
  if (!blob) return 0;
  SshReader reader{*blob};
  reader.string();  // the type
  const auto exponent = reader.string();
  return 8 * std::max(exponent.size(), reader.string().size());
}

/// Opens the private key: a passphrase costs hashing, so on a pool thread.
Owned<ssh_key_struct> open_key(const Credentials& credentials) {
  if (const auto cost = check_ssh_key_cost(credentials.identity); cost.has_error())
    throw unusable_key(text::cat("cannot be used: ", cost.error().message));
  ssh_key raw = nullptr;
  const std::string& passphrase = credentials.passphrase.reveal();
  // A callback that gives nothing: otherwise the library would ask on the terminal.
  auto no_passphrase = [](const char*, char*, std::size_t, int, int, void*) { return -1; };
  const int imported = ssh_pki_import_privkey_base64(
      credentials.identity.reveal().c_str(),
      passphrase.empty() ? nullptr : passphrase.c_str(),
      no_passphrase,
      nullptr,
      &raw
  );
  if (imported != SSH_OK) throw unusable_key("cannot be read: unknown format or wrong passphrase (password)");
  Owned<ssh_key_struct> key{raw};
  if (ssh_key_type(raw) == SSH_KEYTYPE_DSS) throw unusable_key("cannot be used: DSA is too weak");
  // The integer has a sign byte in front.
  if (bits_of(raw) > std::size_t{kLongestSigningKeyBits} + 8)
    throw unusable_key(text::cat("has more than ", kLongestSigningKeyBits, " bits"));
  return key;
}

/// One ssh connection, driven without blocking: each step of the library is repeated until it no
/// longer wants to wait.
class SshConnection {
 public:
  SshConnection(
      const asio::any_io_executor& executor,
      async::BlockingPool& io,
      Url url,
      Credentials credentials,
      http::ProxyOptions proxy,
      SshOptions options
  )
      : descriptor_{executor},
        io_{io},
        url_{std::move(url)},
        credentials_{std::move(credentials)},
        proxy_{std::move(proxy)},
        options_{std::move(options)} {}

  asio::awaitable<void> open(std::string command) {
    const auto known_hosts = KnownHosts::parse(credentials_.known_hosts);
    if (!known_hosts) throw GitError{GitFailure::kHostKey, known_hosts.error().text()};
    const int descriptor = co_await http::dial(url_.host, url_.port, proxy_, options_.timeout);
    start_session(descriptor, *known_hosts);
    auto connect = [this] { return ssh_connect(session_.get()); };
    co_await repeat(connect, http::Phase::kConnect);
    check_host_key(*known_hosts);
    co_await log_in();
    co_await start(std::move(command));
  }

  asio::awaitable<void> write(std::string bytes) {
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const int put = ssh_channel_write(channel_.get(), rest.data(), static_cast<std::uint32_t>(rest.size()));
      if (put == SSH_ERROR) throw_transport(http::Phase::kSend);
      if (put > 0) {
        rest.remove_prefix(static_cast<std::size_t>(put));
      } else {
        co_await wait();
      }
    }
    // What the library could not hand to the kernel at once.
    while (true) {
      const int result = ssh_blocking_flush(session_.get(), 0);  // 0: it does not block
      if (result == SSH_OK) co_return;
      if (result != SSH_AGAIN) throw_transport(http::Phase::kSend);
      co_await wait();
    }
  }

  /// @returns empty at the end
  asio::awaitable<std::string> read_some() {
    std::string out(kReadBytes, '\0');
    while (true) {
      take_error_text();
      const int got = ssh_channel_read_nonblocking(channel_.get(), out.data(), kReadBytes, 0);
      if (got > 0) {
        has_read_ = true;
        out.resize(static_cast<std::size_t>(got));
        co_return out;
      }
      if (got == SSH_ERROR) throw_transport(http::Phase::kReceive);
      if (got == SSH_EOF || ssh_channel_is_eof(channel_.get())) {
        take_error_text();
        if (!has_read_) throw_refused();
        co_return std::string{};
      }
      co_await wait();
    }
  }

  void close() {
    channel_.reset();
    if (session_) ssh_disconnect(session_.get());
    session_.reset();
    boost::system::error_code ignored;
    descriptor_.close(ignored);
  }

 private:
  void start_session(int descriptor, const KnownHosts& known_hosts) {
    descriptor_.assign(descriptor);
    session_.reset(ssh_new());
    if (!session_) throw std::bad_alloc{};
    ssh_session session = session_.get();
    const bool no = false;
    const int verbosity = SSH_LOG_NOLOG;
    socket_t copy = ::dup(descriptor);  // the library closes its own
    const std::string user = url_.user.empty() ? kDefaultUser : url_.user;
    const std::string hostkeys =
        offered_algorithms(known_hosts.key_types(url_.host, url_.port), options_.hostkey_algorithms);
    const std::string kex = text::join(options_.kex_algorithms, ",");
    ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no);
    ssh_options_set(session, SSH_OPTIONS_LOG_VERBOSITY, &verbosity);
    ssh_options_set(session, SSH_OPTIONS_HOST, url_.host.c_str());
    ssh_options_set(session, SSH_OPTIONS_USER, user.c_str());
    ssh_options_set(session, SSH_OPTIONS_FD, &copy);
    set_algorithms(SSH_OPTIONS_HOSTKEYS, hostkeys, "host key");
    set_algorithms(SSH_OPTIONS_KEY_EXCHANGE, kex, "key exchange");
    ssh_set_blocking(session, 0);
  }

  void set_algorithms(ssh_options_e option, const std::string& list, const char* what) {
    if (list.empty()) return;
    if (ssh_options_set(session_.get(), option, list.c_str()) != SSH_OK)
      throw GitError{GitFailure::kProtocol, text::cat("ssh: no ", what, " algorithm that we know among ", list)};
  }

  void check_host_key(const KnownHosts& known_hosts) {
    ssh_key raw = nullptr;
    if (ssh_get_server_publickey(session_.get(), &raw) != SSH_OK) throw_transport(http::Phase::kConnect);
    const Owned<ssh_key_struct> key{raw};
    char* base64_text = nullptr;
    ssh_pki_export_pubkey_base64(raw, &base64_text);
    const std::string key_base64 = taken(base64_text);
    const std::string type = type_of(raw);
    const std::string shown =
        text::cat("ssh: the ", type, " host key of ", url_.host, ':', url_.port, " (", fingerprint_of(raw), ") ");
    using Verdict = KnownHosts::Verdict;
    switch (known_hosts.check(url_.host, url_.port, type, key_base64)) {
      case Verdict::kTrusted: return;
      case Verdict::kUnknownHost:
        throw GitError{GitFailure::kHostKey, shown + "is unknown: known_hosts does not list the host"};
      case Verdict::kOtherKey: throw GitError{GitFailure::kHostKey, shown + "is not the one in known_hosts"};
      case Verdict::kOtherType:
        throw GitError{GitFailure::kHostKey, shown + "is unknown: known_hosts lists other types of keys for the host"};
      case Verdict::kRevoked: throw GitError{GitFailure::kHostKey, shown + "is revoked in known_hosts"};
    }
  }

  asio::awaitable<void> log_in() {
    auto open = [this](std::stop_token) { return open_key(credentials_); };
    const auto key = co_await io_.run(std::move(open));
    const ssh_key raw = key.get();
    while (true) {
      const int result = ssh_userauth_publickey(session_.get(), nullptr, raw);
      if (result == SSH_AUTH_SUCCESS) co_return;
      if (result == SSH_AUTH_AGAIN) {
        co_await wait();
      } else if (result == SSH_AUTH_ERROR && !ssh_is_connected(session_.get())) {
        throw_transport(http::Phase::kConnect);
      } else {
        throw GitError{
            GitFailure::kAuthentication,
            text::cat(
                "ssh: the server does not accept the key of the Secret (", type_of(raw), ' ', fingerprint_of(raw), ')'
            )};
      }
    }
  }

  asio::awaitable<void> start(std::string command) {
    channel_.reset(ssh_channel_new(session_.get()));
    if (!channel_) throw std::bad_alloc{};
    auto open_session = [this] { return ssh_channel_open_session(channel_.get()); };
    co_await repeat(open_session, http::Phase::kConnect);
    // A server that does not take the variable speaks version 0, which is fine.
    while (ssh_channel_request_env(channel_.get(), "GIT_PROTOCOL", "version=2") == SSH_AGAIN) co_await wait();
    auto execute = [this, &command] { return ssh_channel_request_exec(channel_.get(), command.c_str()); };
    co_await repeat(execute, http::Phase::kConnect);
  }

  template <class Step>
  asio::awaitable<void> repeat(Step step, http::Phase phase) {
    while (true) {
      const int result = step();
      if (result == SSH_OK) co_return;
      if (result != SSH_AGAIN) throw_transport(phase);
      co_await wait();
    }
  }

  /// Until the socket has something for us, or takes what is left to send.
  asio::awaitable<void> wait() {
    using asio::posix::stream_descriptor;
    boost::system::error_code error;
    if ((ssh_get_poll_flags(session_.get()) & SSH_WRITE_PENDING) != 0) {
      auto group = asio::experimental::make_parallel_group(
          descriptor_.async_wait(stream_descriptor::wait_read, asio::deferred),
          descriptor_.async_wait(stream_descriptor::wait_write, asio::deferred)
      );
      auto [order, read_error, write_error] =
          co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
      error = order[0] == 0 ? read_error : write_error;
    } else {
      std::tie(error) =
          co_await descriptor_.async_wait(stream_descriptor::wait_read, asio::as_tuple(asio::use_awaitable));
    }
    if (error == asio::error::operation_aborted) async::throw_cancelled();
    if (error) throw http::TransportError{peer(), http::Phase::kReceive, error.message()};
  }

  void take_error_text() {
    char buffer[512];
    while (true) {
      const int got = ssh_channel_read_nonblocking(channel_.get(), buffer, sizeof buffer, 1);
      if (got <= 0) return;
      if (error_text_.size() < kMostErrorText) error_text_.append(buffer, static_cast<std::size_t>(got));
    }
  }

  [[noreturn]] void throw_refused() const {
    std::string shown;
    for (const char character : text::trim(error_text_)) {
      shown += static_cast<unsigned char>(character) < 0x20 ? ' ' : character;
    }
    if (shown.empty()) shown = "nothing";
    const bool is_missing =
        shown.find("not found") != std::string::npos || shown.find("does not appear to be") != std::string::npos;
    throw GitError{
        is_missing ? GitFailure::kNotFound : GitFailure::kProtocol, text::cat("the server reports: ", shown)};
  }

  [[noreturn]] void throw_transport(http::Phase phase) const {
    std::string detail = session_ ? ssh_get_error(session_.get()) : "";
    if (detail.empty()) detail = "the connection was closed";
    throw http::TransportError{peer(), phase, text::cat("ssh: ", detail)};
  }

  std::string peer() const { return text::cat(url_.host, ':', url_.port); }

  asio::posix::stream_descriptor descriptor_;
  async::BlockingPool& io_;
  const Url url_;
  const Credentials credentials_;
  const http::ProxyOptions proxy_;
  const SshOptions options_;
  Owned<ssh_session_struct> session_;
  Owned<ssh_channel_struct> channel_;  // after the session: it must go first
  std::string error_text_;
  bool has_read_ = false;
};

class SshStream final : public http::BodyReader {
 public:
  explicit SshStream(SshConnection& connection) : connection_{connection} {}
  asio::awaitable<std::string> read_some() override { return connection_.read_some(); }

 private:
  SshConnection& connection_;
};

class SshService final : public Service {
 public:
  SshService(
      const asio::any_io_executor& executor,
      async::BlockingPool& io,
      const Url& url,
      Credentials credentials,
      http::ProxyOptions proxy,
      const std::string& service,
      SshOptions options
  )
      : command_{text::cat(service, ' ', shell_quoted(url.path))},
        connection_{executor, io, url, std::move(credentials), std::move(proxy), std::move(options)} {}

  asio::awaitable<PacketReader*> greet() override {
    co_await connection_.open(command_);
    reader_ = std::make_unique<PacketReader>(std::make_unique<SshStream>(connection_));
    co_return reader_.get();
  }

  asio::awaitable<PacketReader*> call(std::string request) override {
    co_await connection_.write(std::move(request));
    co_return reader_.get();
  }

  asio::awaitable<void> finish() override {
    // The flush says that no further request follows; whether it arrives is of no interest any
    // more.
    std::string goodbye{kFlush};
    try {
      co_await connection_.write(std::move(goodbye));
    } catch (const http::TransportError&) {
    }
    connection_.close();
  }

 private:
  const std::string command_;
  SshConnection connection_;
  std::unique_ptr<PacketReader> reader_;
};

}  // namespace

std::unique_ptr<Service> make_ssh_service(
    asio::any_io_executor executor,
    async::BlockingPool& io,
    Url url,
    Credentials credentials,
    http::ProxyOptions proxy,
    std::string service,
    SshOptions options
) {
  return std::make_unique<SshService>(
      executor, io, url, std::move(credentials), std::move(proxy), service, std::move(options)
  );
}

}  // namespace weir::git::wire
