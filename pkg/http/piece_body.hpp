#pragma once

// Inside pkg/http only: brings Beast.

#include <cstdint>
#include <string>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>

#include "pkg/async/asio.hpp"

namespace weir::http {

/// A body that Beast's parser fills piece by piece; whoever drives the parser takes the text out in
/// between. Unlike Beast's string_body it never reserves what Content-Length merely claims.
struct PieceBody {
  using value_type = std::string;

  class reader {
   public:
    template <bool isRequest, class Fields>
    reader(boost::beast::http::header<isRequest, Fields>&, value_type& piece) : piece_{piece} {}

    void init(const boost::optional<std::uint64_t>&, boost::system::error_code& error) { error = {}; }

    template <class Buffers>
    std::size_t put(const Buffers& buffers, boost::system::error_code& error) {
      error = {};
      const std::size_t before = piece_.size();
      for (auto it = asio::buffer_sequence_begin(buffers); it != asio::buffer_sequence_end(buffers); ++it) {
        const asio::const_buffer buffer = *it;
        piece_.append(static_cast<const char*>(buffer.data()), buffer.size());
      }
      return piece_.size() - before;
    }

    void finish(boost::system::error_code& error) { error = {}; }

   private:
    value_type& piece_;
  };
};

}  // namespace weir::http
