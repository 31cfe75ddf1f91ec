#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pkg/template/value.hpp"

/// The parts of a parsed template. Each knows where it stands and how it is spelled, for messages.
namespace weir::templates {

enum class NodeKind : std::uint8_t {
  kText,
  kAction,
  kIf,
  kRange,
  kWith,
  kTemplate,
  kBreak,
  kContinue,
  kPipeline,
  kCommand,
  kField,
  kVariable,
  kChain,
  kIdentifier,
  kDot,
  kNil,
  kBool,
  kNumber,
  kString,
};

struct Node {
  Node(NodeKind kind_, std::size_t position_) : kind{kind_}, position{position_} {}
  virtual ~Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// Appends the source form.
  virtual void write_to(std::string& out) const = 0;
  std::string text() const {
    std::string out;
    write_to(out);
    return out;
  }

  const NodeKind kind;
  const std::size_t position;  ///< byte in the source
};

using NodePtr = std::unique_ptr<Node>;
using NodeList = std::vector<NodePtr>;

/// Text between actions: a piece of the source.
struct TextNode : Node {
  TextNode(std::size_t position_, std::string content_)
      : Node{NodeKind::kText, position_}, content{std::move(content_)} {}
  void write_to(std::string& out) const override { out += content; }
  std::string content;
};

/// $x.Field: a variable and fields of it.
struct VariableNode : Node {
  VariableNode(std::size_t position_, std::vector<std::string> names_)
      : Node{NodeKind::kVariable, position_}, names{std::move(names_)} {}
  void write_to(std::string& out) const override;
  std::vector<std::string> names;  ///< the first with its dollar sign
};

/// .Field.Field of the dot.
struct FieldNode : Node {
  FieldNode(std::size_t position_, std::vector<std::string> names_)
      : Node{NodeKind::kField, position_}, names{std::move(names_)} {}
  void write_to(std::string& out) const override;
  std::vector<std::string> names;
};

/// (pipeline).Field
struct ChainNode : Node {
  ChainNode(std::size_t position_, NodePtr operand_)
      : Node{NodeKind::kChain, position_}, operand{std::move(operand_)} {}
  void write_to(std::string& out) const override;
  NodePtr operand;
  std::vector<std::string> names;
};

/// What a name of a function stands for in a set.
struct FunctionChoice {
  const Function* function = nullptr;  ///< of the set, which outlives its trees
  bool is_and = false;                 ///< the builtin that looks at its arguments one by one
  bool is_or = false;
};

struct IdentifierNode : Node {
  IdentifierNode(std::size_t position_, std::string name_, FunctionChoice choice_)
      : Node{NodeKind::kIdentifier, position_}, name{std::move(name_)}, choice{choice_} {}
  void write_to(std::string& out) const override { out += name; }
  std::string name;
  FunctionChoice choice;
};

struct DotNode : Node {
  explicit DotNode(std::size_t position_) : Node{NodeKind::kDot, position_} {}
  void write_to(std::string& out) const override { out += '.'; }
};

struct NilNode : Node {
  explicit NilNode(std::size_t position_) : Node{NodeKind::kNil, position_} {}
  void write_to(std::string& out) const override { out += "nil"; }
};

struct BoolNode : Node {
  BoolNode(std::size_t position_, bool value_) : Node{NodeKind::kBool, position_}, value{value_} {}
  void write_to(std::string& out) const override { out += value ? "true" : "false"; }
  bool value;
};

/// A number under every type that can hold it, as Go's untyped constants.
struct NumberNode : Node {
  NumberNode(std::size_t position_, std::string spelling_)
      : Node{NodeKind::kNumber, position_}, spelling{std::move(spelling_)} {}
  void write_to(std::string& out) const override { out += spelling; }
  bool is_integer = false;
  bool is_unsigned = false;
  bool is_real = false;
  bool is_complex = false;
  std::int64_t integer = 0;
  std::uint64_t unsigned_integer = 0;
  double real = 0;
  std::complex<double> complex;
  std::string spelling;
};

struct StringNode : Node {
  StringNode(std::size_t position_, std::string literal_, Value value_)
      : Node{NodeKind::kString, position_}, literal{std::move(literal_)}, value{std::move(value_)} {}
  void write_to(std::string& out) const override { out += literal; }
  std::string literal;  ///< with its quotes
  Value value;
};

struct CommandNode : Node {
  explicit CommandNode(std::size_t position_) : Node{NodeKind::kCommand, position_} {}
  void write_to(std::string& out) const override;
  NodeList arguments;  ///< never empty; the first is the function or the operand
};

struct PipelineNode : Node {
  explicit PipelineNode(std::size_t position_) : Node{NodeKind::kPipeline, position_} {}
  void write_to(std::string& out) const override;
  bool is_assignment = false;          ///< = rather than :=
  std::vector<std::string> variables;  ///< that it sets
  std::vector<std::unique_ptr<CommandNode>> commands;
};

struct ActionNode : Node {
  ActionNode(std::size_t position_, std::unique_ptr<PipelineNode> pipeline_)
      : Node{NodeKind::kAction, position_}, pipeline{std::move(pipeline_)} {}
  void write_to(std::string& out) const override;
  std::unique_ptr<PipelineNode> pipeline;
};

/// if, range or with.
struct BranchNode : Node {
  BranchNode(NodeKind kind_, std::size_t position_) : Node{kind_, position_} {}
  void write_to(std::string& out) const override;
  std::unique_ptr<PipelineNode> pipeline;
  NodeList body;
  NodeList otherwise;
  bool has_otherwise = false;
};

struct TemplateNode : Node {
  TemplateNode(std::size_t position_, std::string name_, std::unique_ptr<PipelineNode> pipeline_)
      : Node{NodeKind::kTemplate, position_}, name{std::move(name_)}, pipeline{std::move(pipeline_)} {}
  void write_to(std::string& out) const override;
  std::string name;
  std::unique_ptr<PipelineNode> pipeline;  ///< may be null
};

/// break or continue.
struct JumpNode : Node {
  using Node::Node;
  void write_to(std::string& out) const override { out += kind == NodeKind::kBreak ? "{{break}}" : "{{continue}}"; }
};

/// A text that templates were parsed from.
struct Source {
  std::string name;
  std::string text;
};

/// One template: that of a source, or one that it defines.
struct Tree {
  std::string name;
  std::shared_ptr<const Source> source;
  NodeList body;

  /// Whether there is nothing in it but white space and definitions: it may then be defined again.
  bool is_empty() const;
  /// "name:line:column" of a node, the column counted from 0, as Go does.
  std::string locate(const Node& node) const;
  /// The line on which a node begins.
  std::string_view line_of(const Node& node) const;
};

/// Templates by their names.
class Trees {
 public:
  using TreePtr = std::shared_ptr<const Tree>;

  /// nullptr when there is none
  const Tree* find(std::string_view name) const {
    const auto at = trees_.find(name);
    return at == trees_.end() ? nullptr : at->second.get();
  }
  TreePtr& operator[](const std::string& name) { return trees_[name]; }
  auto begin() { return trees_.begin(); }
  auto end() { return trees_.end(); }
  std::size_t size() const { return trees_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, TreePtr, Hash, std::equal_to<>> trees_;
};

}  // namespace weir::templates
