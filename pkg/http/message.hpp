#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pkg/http/url.hpp"

namespace weir::http {

/// Header fields in their order; names compare without case.  Threads: value.
class Headers {
 public:
  struct Field {
    Field(std::string name_, std::string value_) : name{std::move(name_)}, value{std::move(value_)} {}
    std::string name;
    std::string value;
  };

  Headers() {}

  /// The first field of that name.
  std::optional<std::string_view> get(std::string_view name) const;
  /// The first field of that name, or an empty text.
  std::string_view get_or_empty(std::string_view name) const;
  bool has(std::string_view name) const { return get(name).has_value(); }
  /// Replaces every field of that name by one.
  void set(std::string_view name, std::string value);
  void add(std::string_view name, std::string value);
  void remove(std::string_view name);

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<Field> fields_;
};

/// What a client sends. Host, Content-Length and Connection are the transport's to write.
struct Request {
  Request() {}
  Request(std::string method_, Url url_) : method{std::move(method_)}, url{std::move(url_)} {}

  std::string method = "GET";
  Url url;
  Headers headers;
  std::string body;
};

/// What a server answered, with its whole body.
struct Response {
  Response() {}

  unsigned status = 0;
  Headers headers;
  std::string body;
};

}  // namespace weir::http
