#include "pkg/runtime/server_failures.hpp"

#include <utility>

#include "pkg/async/errors.hpp"
#include "pkg/base/text.hpp"

namespace weir::runtime {
namespace {

constexpr std::size_t kLongestRequest = 300;  // any pod may ask for any path

void count(Metrics& metrics, const std::string& server, double by) {
  metrics.count(
      "weir_http_server_failures_total",
      "Requests to this process that it could not answer by its own fault",
      {{"server", server}},
      by
  );
}

}  // namespace

std::function<void(std::string_view request, const std::exception_ptr& failure)> tell_failures(
    std::string server, Metrics& metrics, log::Logger log
) {
  count(metrics, server, 0);
  return [server = std::move(server),
          &metrics,
          log = std::move(log)](std::string_view request, const std::exception_ptr& failure) {
    count(metrics, server, 1);
    log.error(
        "a request could not be answered",
        async::describe(failure),
        {{"server", server}, {"request", text::shortened(request, kLongestRequest)}}
    );
  };
}

}  // namespace weir::runtime
