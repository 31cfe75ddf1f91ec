#include "pkg/http/transport.hpp"

#include "pkg/base/text.hpp"

namespace weir::http {

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::kResolve: return "resolve";
    case Phase::kConnect: return "connect to";
    case Phase::kProxy: return "reach";
    case Phase::kTls: return "make a TLS connection with";
    case Phase::kSend: return "send to";
    case Phase::kReceive: return "receive from";
  }
  return "talk to";
}

TransportError::TransportError(std::string_view host, Phase phase, std::string_view detail)
    : std::runtime_error{text::cat(to_string(phase), ' ', host, ": ", detail)}, phase_{phase} {}

BodyTooLarge::BodyTooLarge(std::string_view host, std::size_t limit_bytes)
    : TransportError{
          host, Phase::kReceive, text::cat("the answer is longer than the limit of ", limit_bytes, " bytes")} {}

}  // namespace weir::http
