#include "pkg/helm/render/engine_functions.hpp"

#include <unordered_map>

#include "pkg/base/text.hpp"
#include "pkg/helm/render/messages.hpp"
#include "pkg/helm/render/scope.hpp"
#include "pkg/template/print.hpp"
#include "pkg/template/quote.hpp"

namespace weir::helm {
namespace {

using templates::Call;
using templates::CallError;
using templates::ExecutionError;
using templates::Kind;
using templates::Value;

/// How often a template may be on its way at the same time, after the first.
constexpr int kMaxIncludes = 1000;

/// How often each template is being included right now.
using Including = std::unordered_map<std::string, int>;

class Include {
 public:
  std::string operator()(Call& call, const std::string& name, const Value& data) const {
    int& count = (*including_)[name];
    if (count > kMaxIncludes)
      throw CallError{
          text::cat("rendering template has a nested reference name: ", name, ": unable to execute template")};
    ++count;
    std::string out = call.render(name, data);
    --count;  // when rendering fails, everything ends: no matter what is counted then
    return out;
  }

 private:
  std::shared_ptr<Including> including_ = std::make_shared<Including>();
};

Value tpl(Call& call, const std::string& text, const Value& data) {
  const Value& source = call.argument(0);
  if (text.find("{{") == std::string::npos) {
    if (text.find(templates::kNoValueText) == std::string::npos) return source;
    return without_no_value(text);
  }
  const auto parsed = call.parse(kRootName, source);
  if (!parsed)
    throw CallError{text::cat("cannot parse template ", templates::quote(text), ": ", parsed.error().text())};
  try {
    return without_no_value(call.render(*parsed, data));
  } catch (ExecutionError& error) {
    throw CallError{
        text::cat("error during tpl function execution for ", templates::quote(text), ": "), std::move(error)};
  }
}

std::string marked(std::string_view message) { return text::cat(kMessageBegin, message, kMessageEnd); }

Value required(Strictness strictness, const std::string& message, const Value& value) {
  const bool is_missing =
      value.kind() == Kind::kNil || value.kind() == Kind::kNone || (value.is_string() && value.as_string().empty());
  if (!is_missing) return value;
  if (strictness == Strictness::kLint) return "";
  throw CallError{marked(message)};
}

Value look_up(
    Lookup* lookup,
    const std::string& api_version,
    const std::string& kind,
    const std::string& ns,
    const std::string& name
) {
  if (!lookup) return Value::map();
  const auto found = lookup->find(api_version, kind, ns, name);
  if (!found) throw CallError{found.error().text()};
  Value out = value_of(*found);
  return out.kind() == Kind::kMap ? out : Value::map();
}

}  // namespace

templates::Functions engine_functions(const RenderInput& input) {
  const Strictness strictness = input.strictness;
  Lookup* const lookup = input.lookup;
  templates::Functions out;
  out["include"] = templates::make_function(Include{});
  out["tpl"] = templates::make_function(tpl);
  out["required"] = templates::make_function([strictness](Call&, const std::string& message, const Value& value) {
    return required(strictness, message, value);
  });
  out["fail"] = templates::make_function([strictness](Call&, const std::string& message) -> std::string {
    if (strictness == Strictness::kLint) return "";
    throw CallError{marked(message)};
  });
  out["lookup"] = templates::make_function(
      [lookup](
          Call&, const std::string& api_version, const std::string& kind, const std::string& ns, const std::string& name
      ) { return look_up(lookup, api_version, kind, ns, name); }
  );
  return out;
}

std::string without_no_value(std::string text) {
  if (text.find(templates::kNoValueText) == std::string::npos) return text;
  return text::replace_all(text, templates::kNoValueText, "");
}

}  // namespace weir::helm
