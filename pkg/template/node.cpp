#include "pkg/template/node.hpp"

#include <algorithm>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::templates {
namespace {

void write(std::string& out, const Node& node);

void write_operand(std::string& out, const Node& node) {
  const bool is_pipeline = node.kind == NodeKind::kPipeline;
  if (is_pipeline) out += '(';
  write(out, node);
  if (is_pipeline) out += ')';
}

void write_joined(std::string& out, Names names, std::string_view between) {
  for (const auto& name : names) text::append(out, &name == &names.front() ? "" : between, name);
}

void write_fields(std::string& out, Names names) {
  for (const auto& name : names) text::append(out, '.', name);
}

void write_command(std::string& out, const CommandNode& node) {
  for (const auto& argument : node.arguments) {
    if (&argument != &node.arguments.front()) out += ' ';
    write_operand(out, *argument);
  }
}

void write_pipeline(std::string& out, const PipelineNode& node) {
  write_joined(out, node.variables, ", ");
  if (!node.variables.empty()) out += node.is_assignment ? " = " : " := ";
  for (const auto& command : node.commands) {
    if (&command != &node.commands.front()) out += " | ";
    write(out, *command);
  }
}

void write_branch(std::string& out, const BranchNode& node) {
  out += node.kind == NodeKind::kIf ? "{{if " : node.kind == NodeKind::kRange ? "{{range " : "{{with ";
  write_pipeline(out, *node.pipeline);
  out += "}}";
  for (const auto& inner : node.body) write(out, *inner);
  if (node.has_otherwise) out += "{{else}}";
  for (const auto& inner : node.otherwise) write(out, *inner);
  out += "{{end}}";
}

void write_template(std::string& out, const TemplateNode& node) {
  text::append(out, "{{template ", quote(node.name));
  if (node.pipeline) {
    out += ' ';
    write_pipeline(out, *node.pipeline);
  }
  out += "}}";
}

void write(std::string& out, const Node& node) {
  switch (node.kind) {
    case NodeKind::kText: out += static_cast<const TextNode&>(node).content; break;
    case NodeKind::kAction:
      out += "{{";
      write_pipeline(out, *static_cast<const ActionNode&>(node).pipeline);
      out += "}}";
      break;
    case NodeKind::kIf:
    case NodeKind::kRange:
    case NodeKind::kWith: write_branch(out, static_cast<const BranchNode&>(node)); break;
    case NodeKind::kTemplate: write_template(out, static_cast<const TemplateNode&>(node)); break;
    case NodeKind::kBreak: out += "{{break}}"; break;
    case NodeKind::kContinue: out += "{{continue}}"; break;
    case NodeKind::kPipeline: write_pipeline(out, static_cast<const PipelineNode&>(node)); break;
    case NodeKind::kCommand: write_command(out, static_cast<const CommandNode&>(node)); break;
    case NodeKind::kField: write_fields(out, static_cast<const FieldNode&>(node).names); break;
    case NodeKind::kVariable: write_joined(out, static_cast<const VariableNode&>(node).names, "."); break;
    case NodeKind::kChain:
      write_operand(out, *static_cast<const ChainNode&>(node).operand);
      write_fields(out, static_cast<const ChainNode&>(node).names);
      break;
    case NodeKind::kIdentifier: out += static_cast<const IdentifierNode&>(node).name; break;
    case NodeKind::kDot: out += '.'; break;
    case NodeKind::kNil: out += "nil"; break;
    case NodeKind::kBool: out += static_cast<const BoolNode&>(node).value ? "true" : "false"; break;
    case NodeKind::kNumber: out += static_cast<const NumberNode&>(node).spelling; break;
    case NodeKind::kString: out += static_cast<const StringNode&>(node).literal; break;
  }
}

}  // namespace

std::string Node::text() const {
  std::string out;
  write(out, *this);
  return out;
}

const Value& StringNode::value() const {
  if (const Value* made = known.load(std::memory_order_acquire)) return *made;
  const Value& made = source->own(Value{unquote(literal).value_or("")});  // twice, when two threads are here at once
  known.store(&made, std::memory_order_release);
  return made;
}

Source::~Source() {
  for (Owned* at = last_owned_.load(std::memory_order_acquire); at;) delete std::exchange(at, at->before);
}

bool Tree::is_empty() const {
  return std::ranges::all_of(body, [](const Node* node) {
    return node->kind == NodeKind::kText && unicode::trim_space(static_cast<const TextNode&>(*node).content).empty();
  });
}

std::string Tree::locate(const Node& node) const {
  const auto before = source->text.substr(0, node.position);
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
