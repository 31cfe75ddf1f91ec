// Go templates: no text may crash the parser or the renderer, or take more than its limits; what
// renders, renders the same again.
#include <cstdint>
#include <string_view>

#include "pkg/json/codec.hpp"
#include "pkg/template/template.hpp"
#include "test/fuzz/require.hpp"

namespace {

using namespace weir;

/// A little of everything, with a struct that has methods.
templates::Value make_data() {
  const auto document = json::parse(
      R"({"s":"text","n":7,"f":1.5,"t":true,"z":null,"l":[1,"two",null,[3]],"m":{"a":"x","c":{"d":null}},"u":"grün"})"
  );
  templates::Value data = templates::from_json(*document);
  auto type = std::make_shared<templates::StructType>("fuzz.Image");
  type->fields.emplace_back("Name");
  type->fields.emplace_back("Items");
  type->methods["String"] = templates::make_function([](templates::Call&, const templates::Value& self) {
    return self.as_struct().fields[0];
  });
  type->methods["Join"] =
      templates::make_function([](templates::Call&, const templates::Value& self, const std::string& more) {
        return self.as_struct().fields[0].as_string() + more;
      });
  data.as_map().set("o", templates::Value::structure(type, {"image:1", *data.as_map().find("l")}));
  return data;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const templates::Functions functions = templates::sprig_functions();
  static const templates::Value values = make_data();
  templates::Options options;
  options.functions = functions;
  options.functions["include"] =
      templates::make_function([](templates::Call& call, const std::string& name, const templates::Value& value) {
        return call.render(name, value);
      });
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto parsed = templates::Template::parse("fuzz", text, std::move(options));
  if (!parsed) {
    require(parsed.error().where.starts_with("template: fuzz:"));
    return 0;
  }
  templates::Limits limits;
  limits.output_bytes = 1U << 16U;
  limits.steps = 20'000;
  const auto first = parsed->render(values, limits);
  const auto second = parsed->render(values, limits);
  require(first.has_value() == second.has_value());
  if (!first) {
    require(first.error() == second.error());
    return 0;
  }
  require(*first == *second && first->size() <= limits.output_bytes);
  return 0;
}
