#include "pkg/http/tls.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include "pkg/base/key_limits.hpp"
#include "pkg/base/scope.hpp"
#include "pkg/base/text.hpp"

namespace weir::http {

namespace {

constexpr const char* kNoMemory = "out of memory for a TLS session";

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::string last_error() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code ? ERR_reason_error_string(code) : nullptr;
  return reason ? reason : "unknown error";
}

Owned<BIO> memory(const std::string& pem) {
  return Owned<BIO>{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
}

/// Adds every certificate of the text. @returns how many
int add_certificates(X509_STORE* store, const std::string& pem) {
  const auto input = memory(pem);
  int count = 0;
  while (const Owned<X509> certificate{PEM_read_bio_X509(input.get(), nullptr, nullptr, nullptr)}) {
    X509_STORE_add_cert(store, certificate.get());
    ++count;
  }
  ERR_clear_error();
  return count;
}

bool has_hashed_certificates(const char* folder) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator{folder, ignored}) {
    if (entry.path().extension() == ".0") return true;
  }
  return false;
}

/// A folder of hashed names is searched when a certificate is needed; a bundle costs some MiB at
/// once, so it comes second.
void believe_system(SSL_CTX* context) {
  const char* file = std::getenv(X509_get_default_cert_file_env());
  const char* folder = std::getenv(X509_get_default_cert_dir_env());
  if (!folder) folder = X509_get_default_cert_dir();
  if (file) {
    SSL_CTX_load_verify_file(context, file);
  }
  if (has_hashed_certificates(folder)) {
    SSL_CTX_load_verify_dir(context, folder);
  } else if (!file) {
    for (const char* bundle : {
             "/etc/ssl/certs/ca-certificates.crt",
             "/etc/pki/tls/certs/ca-bundle.crt",
             "/etc/ssl/cert.pem",
         }) {
      if (SSL_CTX_load_verify_file(context, bundle) == 1) break;
    }
  }
  ERR_clear_error();
}

void use_identity(SSL_CTX* context, const ConnectionOptions& options) {
  const auto certificates = memory(options.client_cert_pem);
  const Owned<X509> own{PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr)};
  if (!own || SSL_CTX_use_certificate(context, own.get()) != 1)
    throw std::invalid_argument{"the client certificate is not a PEM certificate"};
  while (X509* intermediate = PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr)) {
    SSL_CTX_add0_chain_cert(context, intermediate);
  }
  ERR_clear_error();
  const auto key_text = memory(options.client_key_pem.reveal());
  // A callback that gives no passphrase: otherwise OpenSSL would ask on the terminal.
  // Not an empty one either: that would be hashed as often as the key says.
  auto no_passphrase = [](char*, int, int, void*) { return -1; };
  const Owned<EVP_PKEY> key{PEM_read_bio_PrivateKey(key_text.get(), nullptr, no_passphrase, nullptr)};
  if (!key) throw std::invalid_argument{"the client key is not an unencrypted PEM private key"};
  if (EVP_PKEY_get_bits(key.get()) > kLongestSigningKeyBits)
    throw std::invalid_argument{text::cat("the client key has more than ", kLongestSigningKeyBits, " bits")};
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    throw std::invalid_argument{"the client key does not belong to the client certificate"};
}

// A socket BIO of our own: OpenSSL's writes without MSG_NOSIGNAL and so may end the process with
// SIGPIPE.
int descriptor_of(BIO* bio) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

bool is_retry() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

int bio_write(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  const auto put = ::send(descriptor_of(bio), data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (put < 0 && is_retry()) BIO_set_retry_write(bio);
  return static_cast<int>(put);
}

int bio_read(BIO* bio, char* data, int size) {
  BIO_clear_retry_flags(bio);
  const auto got = ::recv(descriptor_of(bio), data, static_cast<std::size_t>(size), 0);
  if (got < 0 && is_retry()) BIO_set_retry_read(bio);
  if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(got);
}

long bio_control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
  return 0;
}

BIO_METHOD* make_method(const char* name, int (*write)(BIO*, const char*, int), int (*read)(BIO*, char*, int)) {
  BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, name);
  BIO_meth_set_write(made, write);
  BIO_meth_set_read(made, read);
  BIO_meth_set_ctrl(made, bio_control);
  BIO_meth_set_create(made, [](BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
  });
  return made;
}

const BIO_METHOD* socket_method() {
  static const BIO_METHOD* const method = make_method("socket", bio_write, bio_read);
  return method;
}

/// What carries a session within a session.
struct Carrier {
  std::unique_ptr<TlsSession> session;
  TlsSession::Want want = TlsSession::Want::kNothing;  // of its last call
  std::string failure;

  /// The library keeps one list of errors a thread: the carrier's calls empty it, also when the
  /// session above is about to say why it breaks off.
  template <class Call>
  TlsSession::Want run(const Call& call) {
    const unsigned long reason_above = ERR_peek_last_error();
    try {
      want = call();
    } catch (const TlsFailure& error) {
      failure = error.what();
      want = TlsSession::Want::kEnded;
    }
    ERR_clear_error();
    if (reason_above) ERR_raise(ERR_GET_LIB(reason_above), ERR_GET_REASON(reason_above));
    return want;
  }
};

Carrier& carrier_of(BIO* bio) { return *static_cast<Carrier*>(BIO_get_data(bio)); }

int carried_write(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  auto& carrier = carrier_of(bio);
  std::size_t put = 0;
  const auto want = carrier.run([&] { return carrier.session->write(data, static_cast<std::size_t>(size), put); });
  if (want == TlsSession::Want::kNothing) return static_cast<int>(put);
  if (want != TlsSession::Want::kEnded) BIO_set_retry_write(bio);
  return -1;
}

int carried_read(BIO* bio, char* data, int size) {
  BIO_clear_retry_flags(bio);
  auto& carrier = carrier_of(bio);
  std::size_t got = 0;
  const auto want = carrier.run([&] { return carrier.session->read(data, static_cast<std::size_t>(size), got); });
  if (want == TlsSession::Want::kNothing) return static_cast<int>(got);
  if (want != TlsSession::Want::kEnded) {
    BIO_set_retry_read(bio);
    return -1;
  }
  if (!carrier.failure.empty()) return -1;
  BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return 0;
}

const BIO_METHOD* carried_method() {
  static const BIO_METHOD* const method = make_method("session", carried_write, carried_read);
  return method;
}

bool is_address(const std::string& name) {
  unsigned char bytes[sizeof(in6_addr)];
  return inet_pton(AF_INET, name.c_str(), bytes) == 1 || inet_pton(AF_INET6, name.c_str(), bytes) == 1;
}

}  // namespace

TlsContext::TlsContext(const ConnectionOptions& options) : context_{SSL_CTX_new(TLS_client_method())} {
  if (!context_) throw std::runtime_error{"out of memory for a TLS context"};
  ScopeExit free_on_failure{[this] { SSL_CTX_free(context_); }};
  SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
  SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(
      context_, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
  );
  SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_OFF);
  // Whoever gives an intermediate or a server's own certificate means it to be believed; Go does
  // the same.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context_), X509_V_FLAG_PARTIAL_CHAIN);
  if (options.use_system_ca) believe_system(context_);
  if (!options.ca_pem.empty() && add_certificates(SSL_CTX_get_cert_store(context_), options.ca_pem) == 0)
    throw std::invalid_argument{"the certificate authority holds no PEM certificate"};
  if (!options.client_cert_pem.empty()) {
    use_identity(context_, options);
  } else if (!options.client_key_pem.empty()) {
    throw std::invalid_argument{"a client key without a client certificate"};
  }
  free_on_failure.dismiss();
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

struct TlsSession::State {
  Carrier carrier;  // its session is null on a socket
  SSL* ssl = nullptr;
  std::string server_name;
  bool is_established = false;

  ~State() { SSL_free(ssl); }

  void use(const BIO_METHOD* method, void* data) {
    BIO* bio = BIO_new(method);
    if (!bio) throw std::runtime_error{kNoMemory};
    BIO_set_data(bio, data);
    SSL_set_bio(ssl, bio, bio);
  }

  Want after(int result) {
    const int saved_errno = errno;
    switch (SSL_get_error(ssl, result)) {
      case SSL_ERROR_NONE: return Want::kNothing;
      case SSL_ERROR_WANT_READ: return carrier.session ? carrier.want : Want::kReadable;
      case SSL_ERROR_WANT_WRITE: return carrier.session ? carrier.want : Want::kWritable;
      case SSL_ERROR_ZERO_RETURN: return Want::kEnded;
      case SSL_ERROR_SYSCALL:
        if (!carrier.failure.empty()) throw TlsFailure{carrier.failure};
        throw TlsFailure{saved_errno ? std::strerror(saved_errno) : "the connection was closed without notice"};
      default: throw TlsFailure{explain()};
    }
  }

  std::string explain() const {
    const long verdict = SSL_get_verify_result(ssl);
    if (!is_established && verdict == X509_V_ERR_HOSTNAME_MISMATCH)
      return text::cat("the certificate is not valid for host ", text::quoted(server_name));
    if (!is_established && verdict == X509_V_ERR_IP_ADDRESS_MISMATCH)
      return text::cat("the certificate is not valid for address ", server_name);
    if (!is_established && verdict != X509_V_OK)
      return text::cat("the certificate is not trusted: ", X509_verify_cert_error_string(verdict));
    const int reason = ERR_GET_REASON(ERR_peek_last_error());
    if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) return "the connection was closed without notice";
    if (reason == SSL_R_WRONG_VERSION_NUMBER) return "the server does not speak TLS";
    return last_error();
  }
};

TlsSession::TlsSession(const TlsContext& context, const std::string& server_name) : state_{std::make_unique<State>()} {
  state_->ssl = SSL_new(context.native());
  if (!state_->ssl) throw std::runtime_error{kNoMemory};
  state_->server_name = server_name;
  if (is_address(server_name)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(state_->ssl), server_name.c_str());
  } else {
    SSL_set_hostflags(state_->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(state_->ssl, server_name.c_str());
    SSL_set_tlsext_host_name(state_->ssl, server_name.c_str());
  }
}

TlsSession::TlsSession(const TlsContext& context, int descriptor, const std::string& server_name)
    : TlsSession{context, server_name} {
  state_->use(socket_method(), reinterpret_cast<void*>(static_cast<std::intptr_t>(descriptor)));
}

TlsSession::TlsSession(const TlsContext& context, std::unique_ptr<TlsSession> carrier, const std::string& server_name)
    : TlsSession{context, server_name} {
  state_->carrier.session = std::move(carrier);
  state_->use(carried_method(), &state_->carrier);
}

TlsSession::~TlsSession() = default;

TlsSession::Want TlsSession::handshake() {
  ERR_clear_error();
  errno = 0;
  const Want want = state_->after(SSL_connect(state_->ssl));
  if (want == Want::kEnded) throw TlsFailure{"the connection was closed during the handshake"};
  state_->is_established = want == Want::kNothing;
  return want;
}

TlsSession::Want TlsSession::read(char* data, std::size_t size, std::size_t& got) {
  ERR_clear_error();
  errno = 0;
  return state_->after(SSL_read_ex(state_->ssl, data, size, &got));
}

TlsSession::Want TlsSession::write(const char* data, std::size_t size, std::size_t& put) {
  ERR_clear_error();
  errno = 0;
  return state_->after(SSL_write_ex(state_->ssl, data, size, &put));
}

bool TlsSession::is_quiet() {
  ERR_clear_error();
  char byte;
  std::size_t got = 0;
  const int result = SSL_peek_ex(state_->ssl, &byte, 1, &got);
  return result != 1 && SSL_get_error(state_->ssl, result) == SSL_ERROR_WANT_READ;
}

void TlsSession::close() {
  if (state_->is_established) {
    ERR_clear_error();
    SSL_shutdown(state_->ssl);
    ERR_clear_error();
  }
  if (state_->carrier.session) state_->carrier.session->close();
}

}  // namespace weir::http
