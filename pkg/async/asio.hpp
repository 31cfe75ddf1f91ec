#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace weir {

namespace asio = boost::asio;

}  // namespace weir
