#include "pkg/helm/values/number.hpp"

#include <string>
#include <utility>

#include "pkg/yaml/scalar.hpp"

namespace weir::helm {

bool is_int64(const json::Number& number) { return number.text.find_first_of(".eE") == std::string::npos; }

json::Value float64(double number) {
  std::string text = yaml::json_number(number);
  if (text.find_first_of(".eE") == std::string::npos) text += ".0";
  return json::Value{json::Number{std::move(text)}};
}

std::string go_json_text(const json::Number& number) {
  std::string text = number.text;
  if (text.ends_with(".0") && text.find_first_of("eE") == std::string::npos) text.resize(text.size() - 2);
  return text;
}

}  // namespace weir::helm
