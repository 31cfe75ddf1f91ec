#pragma once

#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include "pkg/log/logger.hpp"
#include "pkg/runtime/metrics.hpp"

namespace weir::runtime {

/// What http::ServerOptions::on_failure is to be: a line of the log with the path and the cause, and one more in
/// weir_http_server_failures_total.
/// @param server   which of the process' servers, "metrics"
/// @param metrics  must outlive the result
std::function<void(std::string_view request, const std::exception_ptr& failure)> tell_failures(
    std::string server, Metrics& metrics, log::Logger log
);

}  // namespace weir::runtime
