#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/git/reference.hpp"
#include "pkg/git/wire/greeting.hpp"
#include "pkg/git/wire/service.hpp"

namespace weir::git::wire {

/// The version 2 request for references under `prefixes` (all when empty), tags peeled.
/// Source: gitprotocol-v2(5), "ls-refs".
std::string ls_refs_request(const Greeting& greeting, const std::vector<std::string>& prefixes, std::string_view agent);

/// One line of the answer. @throws GitError kProtocol
RemoteRef parse_ref_line(std::string_view line);

/// Asks a version 2 server and gives each reference to `sink`.
/// @throws GitError, also kTooLarge; http::TransportError
asio::awaitable<void> ls_refs(
    Service& service,
    const Greeting& greeting,
    std::vector<std::string> prefixes,
    std::string agent,
    RefSink& sink,
    std::size_t max_bytes = kLongestList
);

}  // namespace weir::git::wire
