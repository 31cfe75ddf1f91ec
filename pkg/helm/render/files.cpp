#include "pkg/helm/render/files.hpp"

#include "pkg/base/text.hpp"
#include "pkg/helm/functions/yaml_text.hpp"
#include "pkg/helm/render/glob.hpp"
#include "pkg/template/functions.hpp"

namespace weir::helm {
namespace {

using templates::Call;
using templates::CallError;
using templates::Kind;
using templates::Value;

constexpr const char* kBytesType = "[]uint8";

const templates::NamedType& files_type();

Value no_files() { return Value::map("string", kBytesType).named(files_type()); }

/// The bytes of a file; nullptr when there is none.
const std::string* find(const Value& files, const std::string& name) {
  const Value* bytes = files.as_map().find(name);
  return bytes && bytes->kind() == Kind::kBytes ? &bytes->as_bytes() : nullptr;
}

Value get_bytes(Call&, const Value& files, const std::string& name) {
  const Value* bytes = files.as_map().find(name);
  return bytes ? *bytes : Value::bytes("");
}

Value get(Call& call, const Value& files, const std::string& name) {
  return get_bytes(call, files, name).with_kind(Kind::kString);
}

Value glob(Call& call, const Value& files, const std::string& pattern) {
  const auto parsed = Glob::parse(pattern);
  Value out = no_files();
  for (const auto& [name, bytes] : files.as_map().entries) {
    call.budget().spend(1 + (parsed ? parsed->size() * name.as_string().size() / 8 : 0));
    // What is no pattern matches everything.
    if (!parsed || parsed->matches(name.as_string())) out.as_map().set(name, bytes);
  }
  return out;
}

Value lines(Call& call, const Value& files, const std::string& name) {
  const std::string* bytes = find(files, name);
  if (!bytes) return Value::list({}, "[]string");
  // Helm 4.2 looks at the last character of a file that has none.
  if (bytes->empty()) throw CallError{"runtime error: index out of range [-1]"};
  std::string_view rest = *bytes;
  if (rest.ends_with('\n')) rest.remove_suffix(1);
  std::vector<std::string> out;
  while (true) {
    call.budget().spend(1);
    const auto end = rest.find('\n');
    out.emplace_back(rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return Value::texts(std::move(out));
}

/// The part of a path behind the last '/', as Go's path.Base has it.
std::string base_name(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const auto slash = path.rfind('/');
  if (path == "/") return "/";
  return path.empty() ? "." : std::string{path.substr(slash == std::string_view::npos ? 0 : slash + 1)};
}

std::string as_yaml(Call& call, const Value& map) {
  try {
    std::string out = to_yaml(map, call.budget());
    if (out.ends_with('\n')) out.pop_back();
    return out;
  } catch (const CallError&) {
    call.budget().spend(1);  // a budget that is used up ends the rendering here
    return "";
  }
}

Value as_config(Call& call, const Value& files) {
  Value out = Value::map("string", "string");
  for (const auto& [name, bytes] : files.as_map().entries) {
    call.budget().spend(1);
    out.as_map().set(base_name(name.as_string()), bytes.with_kind(Kind::kString));
  }
  return as_yaml(call, out);
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t j = 0; j < 3; ++j)
      group = group << 8U | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j) out += j <= count ? kDigits[group >> (18 - 6 * j) & 63U] : '=';
  }
  return out;
}

Value as_secrets(Call& call, const Value& files) {
  Value out = Value::map("string", "string");
  for (const auto& [name, bytes] : files.as_map().entries) {
    call.budget().spend_on_text(bytes.as_bytes().size() / 3 * 4);
    out.as_map().set(base_name(name.as_string()), base64(bytes.as_bytes()));
  }
  return as_yaml(call, out);
}

const templates::NamedType& files_type() {
  static const templates::NamedType type{
      "engine.files",
      {{"Get", templates::make_function(get)},
       {"GetBytes", templates::make_function(get_bytes)},
       {"Glob", templates::make_function(glob)},
       {"Lines", templates::make_function(lines)},
       {"AsConfig", templates::make_function(as_config)},
       {"AsSecrets", templates::make_function(as_secrets)}}};
  return type;
}

}  // namespace

Value files_value(const std::vector<File>& files) {
  std::vector<templates::Entries::Entry> entries;
  entries.reserve(files.size());
  for (const auto& file : files)
    entries.emplace_back(file.name, file.text ? Value::shared_text(file.text, Kind::kBytes) : Value::bytes(""));
  Value out = no_files();
  out.as_map().entries.assign(std::move(entries));
  return out;
}

}  // namespace weir::helm
