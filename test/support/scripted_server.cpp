#include "test/support/scripted_server.hpp"

#include <atomic>
#include <csignal>
#include <list>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace weir::test {

std::string Peer::read_request() {
  std::string request = read_until("\r\n\r\n");
  const auto position = request.find("Content-Length: ");
  if (position == std::string::npos) return request;
  return request + read_exactly(static_cast<std::size_t>(std::stoul(request.substr(position + 16))));
}

void Peer::answer(int status, std::string_view body, std::string_view more_headers) {
  std::string text =
      "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  text += more_headers;
  text += "\r\n";
  text += body;
  write(text);
}

namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

class SocketPeer final : public Peer {
 public:
  SocketPeer(int descriptor, SSL* ssl) : descriptor_{descriptor}, ssl_{ssl} {}
  ~SocketPeer() override {
    if (ssl_) {
      SSL_shutdown(ssl_);
      SSL_free(ssl_);
    }
  }

  std::string read_until(std::string_view mark) override {
    std::string out;
    while (!out.ends_with(mark)) {
      const std::string byte = read_exactly(1);
      if (byte.empty()) break;
      out += byte;
    }
    return out;
  }

  std::string read_exactly(std::size_t size) override {
    std::string out(size, '\0');
    std::size_t done = 0;
    while (done < size) {
      const long got = ssl_ ? SSL_read(ssl_, out.data() + done, static_cast<int>(size - done))
                            : ::recv(descriptor_, out.data() + done, size - done, 0);
      if (got <= 0) break;
      done += static_cast<std::size_t>(got);
    }
    out.resize(done);
    return out;
  }

  void write(std::string_view data) override {
    while (!data.empty()) {
      const long put = ssl_ ? SSL_write(ssl_, data.data(), static_cast<int>(data.size()))
                            : ::send(descriptor_, data.data(), data.size(), MSG_NOSIGNAL);
      if (put <= 0) return;
      data.remove_prefix(static_cast<std::size_t>(put));
    }
  }

  void wait_for_close() override {
    while (!read_exactly(1).empty()) {
    }
  }

  void relay(std::uint16_t port) override {
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      while (pass_on(server)) {
      }
    }
    ::close(server);
  }

 private:
  /// One piece, of whoever has one first.
  bool pass_on(int server) {
    pollfd ends[] = {{descriptor_, POLLIN, 0}, {server, POLLIN, 0}};
    const bool has_rest = ssl_ && SSL_pending(ssl_) > 0;
    if (!has_rest && ::poll(ends, 2, -1) < 0) return false;
    std::string piece(16 * 1024, '\0');
    if (has_rest || ends[0].revents != 0) {
      const long got = ssl_ ? SSL_read(ssl_, piece.data(), static_cast<int>(piece.size()))
                            : ::recv(descriptor_, piece.data(), piece.size(), 0);
      if (got <= 0) return false;
      std::size_t done = 0;
      while (done < static_cast<std::size_t>(got)) {
        const long put = ::send(server, piece.data() + done, static_cast<std::size_t>(got) - done, MSG_NOSIGNAL);
        if (put <= 0) return false;
        done += static_cast<std::size_t>(put);
      }
      return true;
    }
    const long got = ::recv(server, piece.data(), piece.size(), 0);
    if (got <= 0) return false;
    write(std::string_view{piece}.substr(0, static_cast<std::size_t>(got)));
    return true;
  }

  int descriptor_;
  SSL* ssl_;
};

}  // namespace

struct ScriptedServer::State {
  Script script;
  SSL_CTX* tls = nullptr;
  int listener = -1;
  std::uint16_t port = 0;
  std::atomic<std::size_t> accepted = 0;
  std::mutex mutex;  // guards the two below
  std::vector<int> open;
  std::list<std::thread> threads;
  std::thread acceptor;
  std::atomic<bool> is_stopping = false;

  void start() {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to closed sockets
    listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener, 64) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error{"cannot listen on loopback"};
    port = ntohs(address.sin_port);
    acceptor = std::thread{[this] { accept(); }};
  }

  void accept() {
    while (true) {
      const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (descriptor < 0) return;
      const int on = 1;
      setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      ++accepted;
      const std::lock_guard lock{mutex};
      if (is_stopping) {
        ::close(descriptor);
        return;
      }
      open.push_back(descriptor);
      threads.emplace_back([this, descriptor] { serve(descriptor); });
    }
  }

  void serve(int descriptor) {
    SSL* ssl = nullptr;
    bool is_ready = true;
    if (tls) {
      ssl = SSL_new(tls);
      SSL_set_fd(ssl, descriptor);
      is_ready = SSL_accept(ssl) == 1;
    }
    {
      SocketPeer peer{descriptor, ssl};
      if (is_ready) script(peer);
    }
    const std::lock_guard lock{mutex};
    std::erase(open, descriptor);
    ::close(descriptor);
  }

  void stop() {
    is_stopping = true;
    ::shutdown(listener, SHUT_RDWR);
    acceptor.join();
    ::close(listener);
    {
      const std::lock_guard lock{mutex};
      for (const int descriptor : open) ::shutdown(descriptor, SHUT_RDWR);
    }
    for (auto& thread : threads) thread.join();
    SSL_CTX_free(tls);
  }
};

ScriptedServer::ScriptedServer(Script script) : state_{std::make_unique<State>()} {
  state_->script = std::move(script);
  state_->start();
}

ScriptedServer::ScriptedServer(Script script, Certificate identity, std::string client_authority)
    : state_{std::make_unique<State>()} {
  state_->script = std::move(script);
  state_->tls = SSL_CTX_new(TLS_server_method());
  BIO* certificate_text = BIO_new_mem_buf(identity.certificate_pem.data(), -1);
  BIO* key_text = BIO_new_mem_buf(identity.key_pem.data(), -1);
  X509* certificate = PEM_read_bio_X509(certificate_text, nullptr, nullptr, nullptr);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(key_text, nullptr, nullptr, nullptr);
  SSL_CTX_use_certificate(state_->tls, certificate);
  SSL_CTX_use_PrivateKey(state_->tls, key);
  X509_free(certificate);
  EVP_PKEY_free(key);
  BIO_free(certificate_text);
  BIO_free(key_text);
  if (!client_authority.empty()) {
    BIO* text = BIO_new_mem_buf(client_authority.data(), -1);
    X509* authority = PEM_read_bio_X509(text, nullptr, nullptr, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(state_->tls), authority);
    X509_free(authority);
    BIO_free(text);
    SSL_CTX_set_verify(state_->tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  state_->start();
}

ScriptedServer::~ScriptedServer() { state_->stop(); }

std::uint16_t ScriptedServer::port() const { return state_->port; }

std::string ScriptedServer::url(std::string_view path) const {
  return std::string{state_->tls ? "https" : "http"} + "://127.0.0.1:" + std::to_string(state_->port) +
         std::string{path};
}

std::size_t ScriptedServer::connections() const { return state_->accepted; }

}  // namespace weir::test
