#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "pkg/helm/chart/folder.hpp"
#include "pkg/helm/chart/load.hpp"
#include "pkg/helm/values/number.hpp"
#include "pkg/helm/values/read_yaml.hpp"
#include "pkg/json/codec.hpp"

namespace weir::helm {

inline File file(std::string name, std::string_view text) {
  return {std::move(name), std::make_shared<const std::string>(text)};
}

inline std::vector<File> files(std::initializer_list<std::pair<std::string, std::string_view>> all) {
  std::vector<File> out;
  for (const auto& [name, text] : all) out.push_back(file(name, text));
  return out;
}

/// Loads a chart that must be well.
inline ChartPtr chart_of(std::initializer_list<std::pair<std::string, std::string_view>> all) {
  auto chart = load_files(files(all));
  EXPECT_TRUE(chart) << (chart ? "" : chart.error().message);
  return chart ? *chart : nullptr;
}

inline json::Value values_of(std::string_view yaml) {
  auto values = read_values(yaml);
  EXPECT_TRUE(values) << (values ? "" : values.error().message);
  return values ? std::move(*values) : json::Value::object();
}

/// "why", or the JSON of a value with numbers as Go's encoding/json prints them.
inline void shorten_numbers(json::Value& value) {
  if (value.is_number()) value = json::Value{json::Number{go_json_text(value.as_number())}};
  if (value.is_array())
    for (auto& item : value.as_array()) shorten_numbers(item);
  if (value.is_object())
    for (auto& member : value.as_object()) shorten_numbers(member.value);
}
inline std::string text_of(json::Value value) {
  shorten_numbers(value);
  return json::write(value);
}
inline std::string text_of(const Result<json::Value>& value) {
  return value ? text_of(*value) : "error: " + value.error().message;
}

/// A folder in memory.
class MemoryFolder final : public Folder {
 public:
  std::map<std::string, std::string> texts;
  std::map<std::string, std::string> links;
  std::map<std::string, Entry> others;

  Entry look(const std::string& path) const override {
    if (links.contains(path)) return {Type::kLink, 0};
    if (const auto found = texts.find(at(path)); found != texts.end()) return {Type::kFile, found->second.size()};
    if (const auto found = others.find(path); found != others.end()) return found->second;
    const auto below = texts.lower_bound(at(path) + "/");
    return {below != texts.end() && below->first.starts_with(at(path) + "/") ? Type::kFolder : Type::kNone, 0};
  }
  Result<std::vector<std::string>> names(const std::string& path) const override {
    std::map<std::string, bool> found;
    const auto add = [&](const std::string& name, const std::string& top) {
      if (name.starts_with(top + "/"))
        found[name.substr(top.size() + 1, name.find('/', top.size() + 1) - top.size() - 1)] = true;
    };
    for (const auto& [name, text] : texts) add(name, at(path));
    for (const auto& [name, target] : links) add(name, path);
    for (const auto& [name, entry] : others) add(name, path);
    std::vector<std::string> out;
    for (const auto& [name, is_there] : found) out.push_back(name);
    return out;
  }
  Result<std::string> resolve(const std::string& path) const override {
    const auto& target = links.at(path);
    if (look(target).type == Type::kNone) return InputError{"", "lstat " + target + ": no such file or directory"};
    return target;
  }
  Result<std::string> read(const std::string& path) const override {
    const auto found = texts.find(at(path));
    if (found == texts.end()) return InputError{"", "open " + path + ": no such file or directory"};
    return found->second;
  }

 private:
  /// The path behind the link that it begins with.
  std::string at(const std::string& path) const {
    for (const auto& [link, target] : links)
      if (path == link || path.starts_with(link + "/")) return target + path.substr(link.size());
    return path;
  }
};

}  // namespace weir::helm
