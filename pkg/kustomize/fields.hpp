#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/kustomize/failure.hpp"
#include "pkg/yaml/node.hpp"

namespace weir::kustomize {

class Reader;

/// The fields of one object of a kustomization or of a transformer's configuration. Names match without regard to case,
/// as Go's JSON reader has it; a null is a field that is not there. Every failure names file, line and field.
/// Threads: one at a time.
class Fields {
 public:
  /// "" when the field is not there.
  std::string text(std::string_view name);
  std::optional<std::string> text_if_there(std::string_view name);
  bool flag(std::string_view name);
  std::int64_t integer(std::string_view name);
  std::vector<std::string> texts(std::string_view name);
  std::map<std::string, std::string> text_map(std::string_view name);
  std::vector<Fields> objects(std::string_view name);
  std::optional<Fields> object(std::string_view name);
  /// The value itself; nullptr when it is not there or null.
  const yaml::Node* node(std::string_view name);
  /// True when the field is there, be it an empty list; null does not count.
  bool has(std::string_view name) { return node(name) != nullptr; }

  /// @throws Failure in strict reading when a field was never asked for
  void finish() const;

  /// "overlay/kustomization.yaml:12:3" of this object, or of one of its fields.
  std::string place() const;
  std::string place(std::string_view name);
  const std::string& path() const { return path_; }

 private:
  friend class Reader;
  Fields(const Reader& reader, const yaml::Node& node, std::string path);
  std::string path_of(std::string_view name) const;

  const Reader* reader_;
  const yaml::Node* node_;
  std::string path_;
  std::vector<bool> is_used_;
};

/// How fields are read, and from which file.
class Reader {
 public:
  enum Flags : unsigned {
    kLenient = 0,
    kStrict = 1,  ///< unknown fields are refused
    kCoerce = 2   ///< a number or boolean where a text belongs becomes one
  };
  explicit Reader(std::string source, unsigned flags = kLenient) : source_{std::move(source)}, flags_{flags} {}

  /// @throws Failure when the node is no mapping
  Fields object(const yaml::Node& node, std::string path) const;

  bool is_strict() const { return (flags_ & kStrict) != 0; }
  bool coerces() const { return (flags_ & kCoerce) != 0; }
  const std::string& source() const { return source_; }

  /// A scalar as text under these rules. @throws Failure
  std::string text(const yaml::Node& node, const std::string& path) const;
  [[noreturn]] void refuse(const yaml::Node& node, const std::string& path, std::string_view expected) const;

 private:
  std::string source_;
  unsigned flags_;
};

}  // namespace weir::kustomize
