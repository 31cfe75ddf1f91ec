#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// The strings and numbers of SSH's binary formats.  Source: RFC 4251, section 5.  Threads: any,
/// pure.
namespace weir::git {

/// Takes them off the front of a blob, one after the other. Past the end everything is empty and
/// `is_good` false.
class SshReader {
 public:
  explicit SshReader(std::string_view blob) : rest_{blob} {}
  std::size_t number();
  std::string_view string();
  bool is_good() const { return is_good_; }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool is_good_ = true;
};

void put_ssh_number(std::string& out, std::size_t value);
void put_ssh_string(std::string& out, std::string_view value);
/// A number that is not negative. @param bytes  big-endian
void put_ssh_integer(std::string& out, std::string_view bytes);

}  // namespace weir::git
