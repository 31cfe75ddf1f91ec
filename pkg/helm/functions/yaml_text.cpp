#include "pkg/helm/functions/yaml_text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/functions/go_values.hpp"
#include "pkg/template/functions.hpp"
#include "pkg/template/memory_share.hpp"
#include "pkg/template/nil_map.hpp"
#include "pkg/template/print.hpp"
#include "pkg/template/unicode.hpp"
#include "pkg/yaml/emitter.hpp"
#include "pkg/yaml/scalar.hpp"
#include "pkg/yaml/writer.hpp"

namespace weir::helm {
namespace {

using templates::Budget;
using templates::CallError;
using templates::Kind;
using templates::Value;

/// What encoding/json writes and go-yaml v2 reads again: JSON's escapes keep nearly all, but what stands unescaped in
/// JSON text is YAML then. DEL, C1 controls and U+FFFE, U+FFFF are refused, U+0085 is a line break, which folds.
std::string reread(std::string_view text) {
  const bool is_plain = std::ranges::all_of(text, [](char c) { return c > 0 && c != 0x7f; });
  if (is_plain) return std::string{text};
  std::string out;
  std::size_t next_lines = 0;
  while (!text.empty()) {
    const auto next = templates::unicode::decode(text);
    const auto rune = next.rune;
    if (rune == 0x7f || (rune >= 0x80 && rune < 0xa0 && rune != 0x85) || rune == 0xfffe || rune == 0xffff)
      throw CallError{"yaml: control characters are not allowed"};
    if (rune == 0x85) {
      // Blanks around a break go; one break is a blank, each further one is kept.
      if (next_lines == 0) out.erase(out.find_last_not_of(' ') + 1);
      ++next_lines;
    } else if (next_lines > 0 && rune == ' ') {
      // goes
    } else {
      if (next_lines == 1) out += ' ';
      if (next_lines > 1) out.append(next_lines - 1, '\n');
      next_lines = 0;
      templates::unicode::append(out, rune);
    }
    text.remove_prefix(next.size);
  }
  if (next_lines == 1) out += ' ';
  if (next_lines > 1) out.append(next_lines - 1, '\n');
  return out;
}

/// What version 3 quotes though it reads it as text itself: base-60 numbers and the booleans of YAML 1.1.
bool is_plain_in_version3(std::string_view text) {
  return yaml::resolve_tag(text, yaml::Typing::kCore) == yaml::Tag::kString &&
         yaml::resolve_tag(text, yaml::Typing::kYaml11) != yaml::Tag::kBool && !yaml::is_base60(text);
}

bool is_plain_in_version2(std::string_view text) {
  return yaml::resolve_tag(text, yaml::Typing::kYaml11) == yaml::Tag::kString && !yaml::is_base60(text);
}

class Writer {
 public:
  Writer(yaml::Dialect dialect, KeyOrder order, Budget& budget)
      : emitter_{out_, dialect, dialect == yaml::Dialect::kVersion3},
        dialect_{dialect},
        order_{order},
        budget_{budget} {}

  std::string run(const Value& value) {
    write(value, 0);
    emitter_.finish();
    budget_.spend_on_text(out_.size());
    return std::move(out_);
  }

 private:
  bool is_version2() const { return dialect_ == yaml::Dialect::kVersion2; }

  yaml::Style style_of(std::string_view text) const {
    if (text.find('\n') != text.npos) return yaml::Style::kLiteral;
    const bool is_plain = is_version2() ? is_plain_in_version2(text) : is_plain_in_version3(text);
    return is_plain ? yaml::Style::kPlain : yaml::Style::kDoubleQuoted;
  }

  void string(std::string_view text) {
    const std::string kept = is_version2() ? reread(text) : text::valid_utf8(text);
    emitter_.scalar(kept, style_of(kept));
  }

  void real(double number) {
    if (!is_version2()) return emitter_.scalar(yaml::yaml_number(number), yaml::Style::kPlain);
    if (!std::isfinite(number)) throw CallError{"json: unsupported value"};
    // JSON writes whole numbers without exponent up to 1e21; those that 64 bits hold are integers when read again.
    const std::string json = yaml::json_number(number);
    const auto scalar = yaml::resolve(json, yaml::Typing::kYaml11);
    if (scalar.tag == yaml::Tag::kInt) return emitter_.scalar(json == "-0" ? "0" : json, yaml::Style::kPlain);
    emitter_.scalar(yaml::yaml_number(number), yaml::Style::kPlain);
  }

  void map(const templates::Map& map, int depth) {
    if (map.entries.empty()) return emitter_.empty_mapping();
    std::vector<std::pair<std::string, const Value*>> members;
    members.reserve(map.entries.size());
    for (const auto& [key, value] : map.entries) {
      std::string name = key_text(key, map, budget_);
      if (is_version2() && name.find("\xC2\x85") != name.npos) throw CallError{"yaml: a key goes over several lines"};
      members.emplace_back(is_version2() ? reread(name) : std::move(name), &value);
    }
    std::ranges::stable_sort(members, [this](const auto& left, const auto& right) {
      return order_ == KeyOrder::kBytes ? left.first < right.first
                                        : yaml::is_key_before(left.first, right.first, dialect_);
    });
    emitter_.begin_mapping();
    for (const auto& [name, value] : members) {
      emitter_.key(name, style_of(name));
      write(*value, depth + 1);
    }
    emitter_.end_mapping();
  }

  void list(const Value::Items& items, int depth) {
    if (items.empty()) return emitter_.empty_sequence();
    emitter_.begin_sequence();
    for (const auto& item : items) {
      emitter_.item();
      write(item, depth + 1);
    }
    emitter_.end_sequence();
  }

  void structure(const Value& value, int depth) {
    if (const auto text = marshalled_text(value, budget_)) {
      // Version 3 knows times: they stand there unquoted.
      if (!is_version2() && value.type() == "time.Time") return emitter_.scalar(*text, yaml::Style::kPlain);
      return string(*text);
    }
    if (is_version2()) {
      Value members = Value::map();
      for_each_member(value, [&](const std::string& name, const Value& field) { members.as_map().set(name, field); });
      return map(members.as_map(), depth);
    }
    // Version 3 prints the struct itself: fields as they stand, in lower case.
    bool is_empty = true;
    for_each_field(value, [&](const std::string& name, const Value& field) {
      if (std::exchange(is_empty, false)) emitter_.begin_mapping();
      const std::string key = text::lower(name);
      emitter_.key(key, style_of(key));
      write(field, depth + 1);
    });
    if (is_empty) return emitter_.empty_mapping();
    emitter_.end_mapping();
  }

  void write(const Value& value, int depth) {
    budget_.spend(1);
    budget_.spend_on_text(out_.size() - paid_);
    paid_ = out_.size();
    if (paid_ > budget_.limits().output_bytes) budget_.spend_on_text(paid_);  // refuses it
    if (depth > templates::kMaxValueDepth) throw CallError{"json: a value is nested too deep"};
    switch (value.kind()) {
      case Kind::kNone:
      case Kind::kNil: return emitter_.scalar("null", yaml::Style::kPlain);
      case Kind::kBool: return emitter_.scalar(value.as_bool() ? "true" : "false", yaml::Style::kPlain);
      case Kind::kString: return string(value.as_string());
      case Kind::kFloat64: return real(value.as_real());
      case Kind::kList:
        // A list that was never made is null in JSON, and [] for version 3.
        if (value.as_list().is_nil && is_version2()) return emitter_.scalar("null", yaml::Style::kPlain);
        return list(value.as_list().items, depth);
      case Kind::kBytes:
        if (is_version2()) return string(base64::encode(value.as_bytes()));
        return list(value.as_plain_list().as_list().items, depth);
      case Kind::kMap:
        if (templates::is_nil_map(value) && is_version2()) return emitter_.scalar("null", yaml::Style::kPlain);
        return map(value.as_map(), depth);
      case Kind::kStruct: return structure(value, depth);
      case Kind::kComplex128:
      case Kind::kFunction: throw CallError{"json: unsupported type: " + value.type()};
      default: return emitter_.scalar(templates::print(value.unnamed(), budget_), yaml::Style::kPlain);
    }
  }

  std::string out_;
  std::size_t paid_ = 0;
  yaml::Emitter emitter_;
  yaml::Dialect dialect_;
  KeyOrder order_;
  Budget& budget_;
};

/// Of one node of JSON, with the member that holds it.
constexpr std::size_t kBytesOfANode = 128;

json::Value as_json(const Value& value, Budget& budget, templates::MemoryShare& share, int depth) {
  budget.spend(1);
  share.add(kBytesOfANode);
  if (depth > templates::kMaxValueDepth) throw CallError{"json: a value is nested too deep"};
  switch (value.kind()) {
    case Kind::kNone:
    case Kind::kNil: return nullptr;
    case Kind::kBool: return value.as_bool();
    case Kind::kString: return value.as_string();
    case Kind::kBytes: return base64::encode(value.as_bytes());
    case Kind::kFloat64:
      if (!std::isfinite(value.as_real())) throw CallError{"json: unsupported value"};
      return json::Number{yaml::json_number(value.as_real())};
    case Kind::kList: {
      if (value.as_list().is_nil) return nullptr;
      auto out = json::Value::array();
      for (const auto& item : value.as_list().items) out.push_back(as_json(item, budget, share, depth + 1));
      return out;
    }
    case Kind::kMap: {
      if (templates::is_nil_map(value)) return nullptr;
      auto out = json::Value::object();
      const auto& map = value.as_map();
      for (const auto& [key, element] : map.entries) {
        const std::string name = key_text(key, map, budget);
        if (key.is_string()) {
          out.append_unchecked(name, as_json(element, budget, share, depth + 1));
        } else {
          out.set(name, as_json(element, budget, share, depth + 1));
        }
      }
      return out;
    }
    case Kind::kStruct: {
      if (const auto text = marshalled_text(value, budget)) return *text;
      auto out = json::Value::object();
      for_each_member(value, [&](const std::string& name, const Value& field) {
        out.set(name, as_json(field, budget, share, depth + 1));
      });
      return out;
    }
    case Kind::kComplex128:
    case Kind::kFunction: throw CallError{"json: unsupported type: " + value.type()};
    default: return json::Number{templates::print(value.unnamed(), budget)};
  }
}

}  // namespace

std::string to_yaml(const Value& value, Budget& budget, KeyOrder order) {
  return Writer{yaml::Dialect::kVersion2, order, budget}.run(value);
}

std::string to_yaml_pretty(const Value& value, Budget& budget) {
  return Writer{yaml::Dialect::kVersion3, KeyOrder::kNatural, budget}.run(value);
}

json::Value to_json(const Value& value, Budget& budget) {
  templates::MemoryShare share;
  return as_json(value, budget, share, 0);
}

}  // namespace weir::helm
