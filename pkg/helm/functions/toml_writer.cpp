#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/helm/functions/go_values.hpp"
#include "pkg/helm/functions/toml_text.hpp"
#include "pkg/template/nil_map.hpp"
#include "pkg/template/numbers.hpp"
#include "pkg/template/print.hpp"

namespace weir::helm {
namespace {

using templates::BoundedText;
using templates::Budget;
using templates::CallError;
using templates::Kind;
using templates::Value;

using Path = std::vector<std::string>;

bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::string quoted_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\t': out += "\\t"; break;
      case '\n': out += "\\n"; break;
      case '\f': out += "\\f"; break;
      case '\r': out += "\\r"; break;
      default:
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) {
          text::append(out, "\\u00", text::hex({&c, 1}));
        } else {
          out += c;
        }
    }
  }
  return out + "\"";
}

std::string key_part(const std::string& key) {
  return !key.empty() && std::ranges::all_of(key, is_bare) ? key : quoted_text(key);
}

std::string joined(const Path& path) {
  std::string out;
  for (const auto& part : path) text::append(out, out.empty() ? "" : ".", key_part(part));
  return out;
}

std::string real(double number) {
  if (std::isnan(number)) return std::signbit(number) ? "-nan" : "nan";
  if (std::isinf(number)) return number < 0 ? "-inf" : "+inf";
  std::string out = templates::format_real(number, 'g', -1);
  return out.find_first_of("e.") == out.npos ? out + ".0" : out;
}

bool is_nothing(const Value& value) { return value.is_nil() || !value.has_value() || templates::is_nil_map(value); }

bool is_text_struct(const Value& value) {
  if (value.kind() != Kind::kStruct) return false;
  if (templates::find_method(value, "MarshalText").function != nullptr) return true;
  // One that shows nothing but prints itself, such as a version.
  bool shows_nothing = true;
  for_each_field(value, [&](const std::string&, const Value&) { shows_nothing = false; });
  return shows_nothing && templates::find_method(value, "String").function != nullptr;
}

bool is_table(const Value& value) {
  return value.kind() == Kind::kMap || (value.kind() == Kind::kStruct && !is_text_struct(value));
}

/// A list of nothing but tables, which is written as [[...]].
bool is_table_array(const Value& value) {
  if (value.kind() != Kind::kList || value.as_list().is_nil || value.as_list().items.empty()) return false;
  bool all = true;
  for (const auto& item : value.as_list().items) {
    if (is_nothing(item)) throw CallError{"toml: cannot encode array with nil element"};
    all = all && is_table(item);
  }
  return all;
}

class Writer {
 public:
  explicit Writer(Budget& budget) : budget_{budget}, out_{budget} {}

  std::string run(const Value& value) {
    if (is_nothing(value)) throw CallError{"reflect: call of reflect.Value.Type on zero Value"};
    Path path;
    encode(path, value);
    return out_.take();
  }

 private:
  void put(std::string_view text) { out_.append(text); }
  void indent(const Path& path) { out_.append(path.empty() ? 0 : 2 * (path.size() - 1), ' '); }
  void line_break() {
    if (!out_.text().empty()) put("\n");
  }

  void encode(Path& path, const Value& value) {
    budget_.spend(1);
    if (path.size() > static_cast<std::size_t>(templates::kMaxValueDepth)) throw CallError{"toml: nested too deep"};
    if (is_table_array(value)) return table_array(path, value);
    if (is_table(value)) return table(path, value);
    if (path.empty()) return element(value, 0);
    indent(path);
    put(key_part(path.back()));
    put(" = ");
    element(value, 0);
    line_break();
  }

  void table(Path& path, const Value& value) {
    if (path.size() == 1) line_break();
    if (!path.empty()) {
      indent(path);
      put(text::cat("[", joined(path), "]\n"));
    }
    members(path, value);
  }

  void table_array(Path& path, const Value& value) {
    if (path.empty()) throw CallError{"toml: top-level values must be Go maps or structs"};
    for (const auto& item : value.as_list().items) {
      line_break();
      indent(path);
      put(text::cat("[[", joined(path), "]]\n"));
      members(path, item);
    }
  }

  struct Members {
    std::vector<std::pair<std::string, const Value*>> plain, tables;
  };

  Members members_of(const Value& value) {
    Members out;
    const auto add = [&](const std::string& name, const Value& member) {
      auto& part = is_table(member) || is_table_array(member) ? out.tables : out.plain;
      part.emplace_back(name, &member);
    };
    if (value.kind() == Kind::kStruct) {
      for_each_field(value, add);
      return out;
    }
    for (const auto& [key, member] : value.as_map().entries) {
      if (!key.is_string()) throw CallError{"toml: cannot encode a map with non-string key type"};
      add(key.as_string(), member);
    }
    return out;
  }

  void members(Path& path, const Value& value) {
    const Members parts = members_of(value);
    for (const auto* part : {&parts.plain, &parts.tables}) {
      for (const auto& [name, member] : *part) {
        if (is_nothing(*member)) continue;
        path.push_back(name);
        encode(path, *member);
        path.pop_back();
      }
    }
  }

  void inline_table(const Value& value, int depth) {
    const Members parts = members_of(value);
    put("{");
    for (const auto* part : {&parts.plain, &parts.tables}) {
      for (std::size_t i = 0; i < part->size(); ++i) {
        const auto& [name, member] = (*part)[i];
        if (is_nothing(*member)) continue;
        put(key_part(name));
        put(" = ");
        element(*member, depth + 1);
        const bool is_last = i + 1 == part->size() && (part == &parts.tables || parts.tables.empty());
        if (!is_last) put(", ");
      }
    }
    put("}");
  }

  void element(const Value& value, int depth) {
    budget_.spend(1);
    if (depth > templates::kMaxValueDepth) throw CallError{"toml: nested too deep"};
    switch (value.kind()) {
      case Kind::kBool: return put(value.as_bool() ? "true" : "false");
      case Kind::kString: return put(quoted_text(value.as_string()));
      case Kind::kFloat64: return put(real(value.as_real()));
      case Kind::kMap: return inline_table(value, depth);
      case Kind::kStruct:
        if (is_text_struct(value)) {
          const auto text = *marshalled_text(value, budget_);
          return put(value.type() == "time.Time" ? text : quoted_text(text));
        }
        return inline_table(value, depth);
      case Kind::kBytes: return element(value.as_plain_list(), depth);
      case Kind::kList: {
        put("[");
        const auto& items = value.as_list().items;
        for (std::size_t i = 0; i < items.size(); ++i) {
          if (is_nothing(items[i])) throw CallError{"toml: cannot encode array with nil element"};
          if (i > 0) put(", ");
          element(items[i], depth + 1);
        }
        return put("]");
      }
      case Kind::kNone:
      case Kind::kNil: throw CallError{"toml: cannot encode array with nil element"};
      case Kind::kComplex128:
      case Kind::kFunction: throw CallError{text::cat("unsupported type: ", value.kind_name())};
      default: return put(templates::print(value.unnamed(), budget_));
    }
  }

  Budget& budget_;
  BoundedText out_;
};

}  // namespace

std::string to_toml(const Value& value, Budget& budget) { return Writer{budget}.run(value); }

}  // namespace weir::helm
