#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <utility>

#include "pkg/base/secret_string.hpp"

namespace weir {

/// Texts by name, of which any may be a secret: what a Secret holds, or variables that come from one.  Threads: value.
class SecretMap {
 public:
  SecretMap() = default;
  SecretMap(std::initializer_list<std::pair<std::string, std::string>> entries) {
    for (const auto& [name, value] : entries) set(name, value);
  }

  void set(std::string name, std::string value) {
    entries_.insert_or_assign(std::move(name), SecretString{std::move(value)});
  }
  void set(std::string name, SecretString value) { entries_.insert_or_assign(std::move(name), std::move(value)); }
  void erase(const std::string& name) { entries_.erase(name); }
  bool contains(const std::string& name) const { return entries_.contains(name); }
  bool empty() const { return entries_.empty(); }
  /// nullptr: there is none of that name.
  const SecretString* find(const std::string& name) const {
    const auto at = entries_.find(name);
    return at == entries_.end() ? nullptr : &at->second;
  }
  /// The first of these names that is there and not empty; empty when there is none.
  SecretString first_of(std::initializer_list<const char*> names) const {
    for (const char* name : names) {
      if (const auto* found = find(name); found != nullptr && !found->empty()) return *found;
    }
    return {};
  }
  SecretString get(const char* name) const { return first_of({name}); }
  /// Of what is no secret although it stands in a Secret: a user's name, a certificate.
  std::string reveal(const char* name) const { return get(name).reveal(); }

  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::map<std::string, SecretString> entries_;
};

}  // namespace weir
