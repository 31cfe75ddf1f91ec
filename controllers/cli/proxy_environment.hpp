#pragma once

#include <map>
#include <string>
#include <string_view>

#include "pkg/http/client.hpp"
#include "pkg/http/url.hpp"

namespace weir::cli {

/// Which proxy a person's environment wants for an address. Only commands heed it; controllers do not.  Threads: value.
/// Source of the rules: https://pkg.go.dev/golang.org/x/net/http/httpproxy, by which Helm goes.
class ProxyEnvironment {
 public:
  /// HTTP_PROXY, HTTPS_PROXY and NO_PROXY of this process, in capitals or not.
  static ProxyEnvironment of_process();
  /// @param variables  by name
  explicit ProxyEnvironment(const std::map<std::string, std::string, std::less<>>& variables);

  /// No address: the server is spoken to directly, as those on this machine always are.
  http::ProxyOptions proxy_for(const http::Url& url) const;

 private:
  bool is_direct(const http::Url& url) const;

  http::ProxyOptions http_;
  http::ProxyOptions https_;
  std::string exceptions_;
};

}  // namespace weir::cli
