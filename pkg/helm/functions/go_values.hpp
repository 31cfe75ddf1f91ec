#pragma once

#include <optional>
#include <string>

#include "pkg/template/functions.hpp"
#include "pkg/template/limits.hpp"
#include "pkg/template/value.hpp"

/// What Go's encoders see in a value.  Threads: any, pure.
namespace weir::helm {

/// A key as text: texts and integers. @throws templates::CallError "json: unsupported type: ..." for another
std::string key_text(const templates::Value& key, const templates::Map& map, templates::Budget& budget);

/// The text of a struct that writes itself (a time, a version); nullopt for others.
std::optional<std::string> marshalled_text(const templates::Value& structure, templates::Budget& budget);

/// The fields that others may see, by name.
template <class Each>
void for_each_field(const templates::Value& structure, Each each) {
  const auto& parts = structure.as_struct();
  for (std::size_t i = 0; i < parts.fields.size(); ++i) {
    const std::string& name = parts.type->fields[i].name;
    if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z') each(name, parts.fields[i]);
  }
}

/// The same as encoding/json sees them: under its names, without those that it leaves out.
template <class Each>
void for_each_member(const templates::Value& structure, Each each) {
  const auto& parts = structure.as_struct();
  for (std::size_t i = 0; i < parts.fields.size(); ++i) {
    const auto& field = parts.type->fields[i];
    if (field.name.empty() || field.name[0] < 'A' || field.name[0] > 'Z') continue;
    if (const std::string* member = field.json_member(parts.fields[i])) each(*member, parts.fields[i]);
  }
}

}  // namespace weir::helm
