#include "pkg/template/node.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::templates {
namespace {

void write_operand(std::string& out, const Node& node) {
  const bool is_pipeline = node.kind == NodeKind::kPipeline;
  if (is_pipeline) out += '(';
  node.write_to(out);
  if (is_pipeline) out += ')';
}

void write_joined(std::string& out, Names names, std::string_view between) {
  for (const auto& name : names) text::append(out, &name == &names.front() ? "" : between, name);
}

}  // namespace

void VariableNode::write_to(std::string& out) const { write_joined(out, names, "."); }

void FieldNode::write_to(std::string& out) const {
  for (const auto& name : names) text::append(out, '.', name);
}

void ChainNode::write_to(std::string& out) const {
  write_operand(out, *operand);
  for (const auto& name : names) text::append(out, '.', name);
}

void CommandNode::write_to(std::string& out) const {
  for (const auto& argument : arguments) {
    if (&argument != &arguments.front()) out += ' ';
    write_operand(out, *argument);
  }
}

void PipelineNode::write_to(std::string& out) const {
  write_joined(out, variables, ", ");
  if (!variables.empty()) out += is_assignment ? " = " : " := ";
  for (const auto& command : commands) {
    if (&command != &commands.front()) out += " | ";
    command->write_to(out);
  }
}

void ActionNode::write_to(std::string& out) const {
  out += "{{";
  pipeline->write_to(out);
  out += "}}";
}

void BranchNode::write_to(std::string& out) const {
  out += kind == NodeKind::kIf ? "{{if " : kind == NodeKind::kRange ? "{{range " : "{{with ";
  pipeline->write_to(out);
  out += "}}";
  for (const auto& node : body) node->write_to(out);
  if (has_otherwise) out += "{{else}}";
  for (const auto& node : otherwise) node->write_to(out);
  out += "{{end}}";
}

void TemplateNode::write_to(std::string& out) const {
  text::append(out, "{{template ", quote(name));
  if (pipeline) {
    out += ' ';
    pipeline->write_to(out);
  }
  out += "}}";
}

bool Tree::is_empty() const {
  return std::ranges::all_of(body, [](const Node* node) {
    return node->kind == NodeKind::kText && unicode::trim_space(static_cast<const TextNode&>(*node).content).empty();
  });
}

std::string Tree::locate(const Node& node) const {
  const auto before = std::string_view{source->text}.substr(0, node.position);
  const auto line_break = before.rfind('\n');
  const std::size_t column = line_break == std::string_view::npos ? node.position : node.position - line_break - 1;
  const auto line = 1 + std::ranges::count(before, '\n');
  return text::cat(source->name, ":", line, ":", column);
}

std::string_view Tree::line_of(const Node& node) const {
  const std::string_view all = source->text;
  const auto before = all.substr(0, node.position).rfind('\n');
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  return all.substr(begin, all.find('\n', node.position) - begin);
}

}  // namespace weir::templates
