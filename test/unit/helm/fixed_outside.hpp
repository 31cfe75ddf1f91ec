#pragma once

#include <memory>
#include <string>

#include "pkg/helm/functions/keys.hpp"
#include "pkg/helm/functions/outside.hpp"

namespace weir::helm {

/// A file of the time zone database with nothing but the rule at its end.
inline std::string zone_file(const std::string& rule) {
  const auto header = [](char types, char characters) {
    std::string out = "TZif2";
    out.append(15, '\0');
    for (const char count : {'\0', '\0', '\0', '\0', types, characters}) out += std::string(3, '\0') + count;
    return out;
  };
  std::string out = header(1, 4);
  const std::string type(6, '\0');
  const std::string name{"LMT\0", 4};
  return out + type + name + header(1, 4) + type + name + "\n" + rule + "\n";
}

/// 2024-02-29 13:14:15.5 UTC, bytes that count upwards, and two zones.
class FixedOutside : public Outside {
 public:
  WallTime now() override { return WallTime{std::chrono::nanoseconds{1'709'212'455'500'000'000}}; }
  std::chrono::nanoseconds since_start() override { return std::chrono::nanoseconds{12'345'678}; }
  std::string random_bytes(std::size_t count) override {
    std::string out(count, '\0');
    for (char& c : out) c = static_cast<char>(next_++);
    return out;
  }
  std::string private_key(KeyKind kind) override {
    return new_private_key(kind == KeyKind::kRsa4096 ? KeyKind::kRsa2048 : kind);
  }
  std::optional<std::string> zone(std::string_view name) override {
    if (name == "Europe/Berlin") return zone_file("CET-1CEST,M3.5.0,M10.5.0/3");
    if (name == "Antarctica/Troll") return zone_file("<+00>0<+02>-2,M3.5.0/1,M10.5.0/3");
    return std::nullopt;
  }
  std::optional<std::string> host_address(std::string_view) override { return ""; }

 private:
  unsigned char next_ = 0;
};

}  // namespace weir::helm
