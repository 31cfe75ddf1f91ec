// YAML, JSON and TOML, written and read.
#include <string>
#include <string_view>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/functions/go_json.hpp"
#include "pkg/helm/functions/groups.hpp"
#include "pkg/helm/functions/toml_text.hpp"
#include "pkg/helm/functions/yaml_text.hpp"
#include "pkg/helm/values/read_yaml.hpp"
#include "pkg/template/nil_map.hpp"

namespace weir::helm {
namespace {

using templates::Call;
using templates::CallError;
using templates::Kind;
using templates::make_function;
using templates::Value;

constexpr std::string_view kMap = "map[string]interface {}";
constexpr std::string_view kList = "[]interface {}";

/// Failures of an encoder, told from those of the budget, which end the rendering.
bool is_of_encoder(const CallError& error) {
  const std::string_view text = error.what();
  return text.starts_with("json: ") || text.starts_with("yaml: ") || text.starts_with("toml: ") ||
         text.starts_with("unsupported type");
}

/// Both functions drop the last line break.
std::string as_yaml(Call& call, const Value& value) {
  std::string out = to_yaml(value, call.budget());
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

std::string as_pretty_yaml(Call& call, const Value& value) {
  std::string out = to_yaml_pretty(value, call.budget());
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

/// The function, and what it gives instead of failing.
template <class Encode, class Instead>
templates::Function forgiving(Encode encode, Instead instead) {
  return make_function([=](Call& call, const Value& value) -> std::string {
    try {
      return encode(call, value);
    } catch (const CallError& error) {
      if (is_of_encoder(error)) return instead(error);
      throw;
    }
  });
}

Value error_map(std::string message) { return Value::dict({{"Error", std::move(message)}}); }
Value error_list(std::string message) { return Value::list({std::move(message)}); }

/// What a text says when it is a map, or a list.
/// @param nothing  what null is
Value expect_map(Result<Value> read, const Value& nothing, std::string_view prefix = "") {
  if (!read) return error_map(read.error().message);
  if (read->is_nil()) return nothing;
  return read->kind() == Kind::kMap ? *read : error_map(text::cat(prefix, cannot_unmarshal(*read, kMap)));
}
Value expect_list(Result<Value> read, const Value& nothing, std::string_view prefix = "") {
  if (!read) return error_list(read.error().message);
  if (read->is_nil()) return nothing;
  return read->kind() == Kind::kList ? *read : error_list(text::cat(prefix, cannot_unmarshal(*read, kList)));
}

constexpr std::string_view kYamlPrefix = "error unmarshaling JSON: while decoding JSON: ";

Result<Value> read_yaml_value(Call& call, const std::string& text) {
  call.budget().spend(text.size() / 4);
  const auto read = read_yaml(text);
  if (!read) return InputError{"", read.error().message};
  return templates::from_json(*read);
}

}  // namespace

void add_encoders(templates::Functions& out) {
  const auto nothing = [](const CallError&) { return std::string{}; };
  const auto message = [](const CallError& error) { return std::string{error.what()}; };

  out["toYaml"] = forgiving(as_yaml, nothing);
  out["mustToYaml"] = make_function(as_yaml);
  out["toYamlPretty"] = forgiving(as_pretty_yaml, nothing);
  out["fromYaml"] = make_function([](Call& call, const std::string& text) {
    return expect_map(read_yaml_value(call, text), Value::map(), kYamlPrefix);
  });
  out["fromYamlArray"] = make_function([](Call& call, const std::string& text) {
    return expect_list(read_yaml_value(call, text), Value::list({}), kYamlPrefix);
  });

  // toJson and its kin are Sprig's; reading says what is wrong.
  out["fromJson"] = make_function([](Call& call, const std::string& text) {
    return expect_map(read_go_json(text, call.budget()), templates::nil_dict());
  });
  out["fromJsonArray"] = make_function([](Call& call, const std::string& text) {
    return expect_list(read_go_json(text, call.budget()), Value::nil_list("[]interface {}"));
  });
  out["mustFromJson"] = make_function([](Call& call, const std::string& text) {
    auto read = read_go_json(text, call.budget());
    if (!read) throw CallError{read.error().message};
    return *read;
  });

  const auto as_toml = [](Call& call, const Value& value) { return to_toml(value, call.budget()); };
  out["toToml"] = forgiving(as_toml, message);
  out["mustToToml"] = make_function(as_toml);
  out["fromToml"] = make_function([](Call& call, const std::string& text) {
    return expect_map(read_toml(text, call.budget()), Value::map());
  });
}

}  // namespace weir::helm
