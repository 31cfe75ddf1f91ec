#include "pkg/helm/render/render.hpp"

#include <algorithm>
#include <stdexcept>

#include "pkg/base/text.hpp"
#include "pkg/helm/render/engine_functions.hpp"
#include "pkg/helm/render/messages.hpp"
#include "pkg/helm/render/scope.hpp"
#include "pkg/template/parse_cost.hpp"
#include "pkg/template/template.hpp"

namespace weir::helm {
namespace {

using templates::Value;

using Templates = std::map<std::string, ReleaseTemplate>;

std::string_view base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return path.substr(slash == std::string_view::npos ? 0 : slash + 1);
}

/// The order in which templates are parsed, so that those nearer to the top win, and executed.
std::vector<Templates::const_pointer> in_order(const Templates& templates) {
  std::vector<Templates::const_pointer> out;
  out.reserve(templates.size());
  for (const auto& entry : templates) out.push_back(&entry);
  std::sort(out.begin(), out.end(), [](const auto* left, const auto* right) {
    const auto depth = [](const std::string& name) { return std::count(name.begin(), name.end(), '/'); };
    const auto left_depth = depth(left->first);
    const auto right_depth = depth(right->first);
    return left_depth != right_depth ? left_depth > right_depth : left->first > right->first;
  });
  return out;
}

std::string_view text_of(const ReleaseTemplate& from) { return from.text ? std::string_view{*from.text} : ""; }

void add_notes(std::string& out, const std::string& text) {
  if (!out.empty()) out += '\n';
  out += text;
}

void sort_out(Rendered& out, const std::string& top_notes) {
  std::ranges::sort(out.files, {}, &RenderedFile::name);
  for (const auto& file : out.files) {
    if (!file.name.ends_with("NOTES.txt")) continue;
    if (file.name == top_notes) out.notes = file.text;
    add_notes(out.all_notes, file.text);
  }
  std::erase_if(out.files, [](const RenderedFile& file) { return file.name.ends_with("NOTES.txt"); });
}

}  // namespace

templates::Limits default_render_limits() {
  templates::Limits out;
  out.output_bytes = 64U << 20U;
  out.steps = 200'000'000;
  out.template_depth = 100'000;  // as Go; include counts by itself
  out.nesting = 100'000;         // the stack ends first
  out.memory_bytes = 1U << 30U;
  out.context_bytes = 16U << 10U;
  return out;
}

RenderingResult<Rendered> render(const RenderInput& input) {
  templates::Options options;
  options.functions = engine_functions(input);
  if (input.functions) options.shared_functions = input.functions;
  options.missing_key = templates::MissingKey::kZero;
  options.root_name = kRootName;
  templates::TemplateSet set{std::move(options)};

  // Before the data: the rendering is its end, and empties what may hold itself.
  Templates all;
  try {
    all = release_templates(input);
  } catch (const templates::CallError& error) {  // too much for the limits
    return RenderFailure{text::cat(input.chart->name(), ": ", error.what()), {}, {}, {}};
  }
  const auto order = in_order(all);
  std::size_t cost = 0;
  for (const auto* entry : order) {
    const auto& [name, part] = *entry;
    cost += templates::parse_cost(text_of(part));
    if (cost > input.limits.memory_bytes)
      return RenderFailure{
          text::cat(name, ": the chart's templates take more than ", input.limits.memory_bytes, " bytes of memory"),
          {},
          {},
          {}};
    const auto added = part.text ? set.add(name, part.text) : set.add(name, "");
    if (!added) return parse_failure(name, text_of(part), added.error());
  }

  templates::Rendering rendering{set, input.limits, input.stop};
  Rendered out;
  for (const auto* entry : order) {
    const auto& [name, part] = *entry;
    if (base_name(name).starts_with('_')) continue;
    const Value place = Value::dict({{"BasePath", part.base_path}, {"Name", name}});
    part.scope.as_map().set("Template", place.named(values_type()));
    auto text = rendering.render(name, part.scope);
    if (!text) return execution_failure(name, text.error());
    out.files.push_back({name, without_no_value(std::move(*text))});
  }
  sort_out(out, text::cat(input.chart->name(), "/templates/NOTES.txt"));
  return out;
}

std::string RenderFailure::explanation() const {
  std::string out;
  if (!source_line.empty()) text::append(out, place, ": ", text::trim(source_line));
  if (!value.empty()) text::append(out, out.empty() ? "" : "\n", value);
  return out;
}

std::string RenderFailure::text() const {
  const std::string more = explanation();
  return more.empty() ? words : text::cat(words, "\n\n", more);
}

void throw_exception_from_error(const RenderFailure& failure, const boost::source_location&) {
  throw std::invalid_argument{failure.text()};
}

}  // namespace weir::helm
