#pragma once

#include <atomic>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "pkg/template/value.hpp"

/// The parts of a parsed template. Each knows where it stands and how it is spelled, for messages. They lie in the
/// memory of their source, as do their names, which are pieces of its text; none is freed for itself.
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
  Node(NodeKind kind_, std::size_t position_) : kind{kind_}, position{static_cast<std::uint32_t>(position_)} {}
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// The source form.
  std::string text() const;

  const NodeKind kind;
  const std::uint32_t position;  ///< byte in the source

 protected:
  ~Node() = default;
};

using NodeList = std::span<const Node* const>;
using Names = std::span<const std::string_view>;

/// Text between actions: a piece of the source.
struct TextNode final : Node {
  TextNode(std::size_t position_, std::string_view content_) : Node{NodeKind::kText, position_}, content{content_} {}
  std::string_view content;
};

/// $x.Field: a variable and fields of it.
struct VariableNode final : Node {
  VariableNode(std::size_t position_, Names names_) : Node{NodeKind::kVariable, position_}, names{names_} {}
  Names names;  ///< the first with its dollar sign
};

/// .Field.Field of the dot.
struct FieldNode final : Node {
  FieldNode(std::size_t position_, Names names_) : Node{NodeKind::kField, position_}, names{names_} {}
  Names names;
};

/// (pipeline).Field
struct ChainNode final : Node {
  ChainNode(std::size_t position_, const Node* operand_, Names names_)
      : Node{NodeKind::kChain, position_}, operand{operand_}, names{names_} {}
  const Node* operand;
  Names names;
};

/// What a name of a function stands for in a set.
struct FunctionChoice {
  const Function* function = nullptr;  ///< of the set, which outlives its trees
  bool is_and = false;                 ///< the builtin that looks at its arguments one by one
  bool is_or = false;
};

struct IdentifierNode final : Node {
  IdentifierNode(std::size_t position_, std::string_view name_, FunctionChoice choice_)
      : Node{NodeKind::kIdentifier, position_}, name{name_}, choice{choice_} {}
  std::string_view name;
  FunctionChoice choice;
};

struct DotNode final : Node {
  explicit DotNode(std::size_t position_) : Node{NodeKind::kDot, position_} {}
};

struct NilNode final : Node {
  explicit NilNode(std::size_t position_) : Node{NodeKind::kNil, position_} {}
};

struct BoolNode final : Node {
  BoolNode(std::size_t position_, bool value_) : Node{NodeKind::kBool, position_}, value{value_} {}
  bool value;
};

/// A number under every type that can hold it, as Go's untyped constants.
struct NumberNode final : Node {
  NumberNode(std::size_t position_, std::string_view spelling_)
      : Node{NodeKind::kNumber, position_}, spelling{spelling_} {}
  bool is_integer = false;
  bool is_unsigned = false;
  bool is_real = false;
  bool is_complex = false;
  std::int64_t integer = 0;
  std::uint64_t unsigned_integer = 0;
  double real = 0;
  std::complex<double> complex;
  std::string_view spelling;
};

class Source;

struct StringNode final : Node {
  /// @param literal  a good one
  StringNode(std::size_t position_, std::string_view literal_, const Source* source_)
      : Node{NodeKind::kString, position_}, literal{literal_}, source{source_} {}
  /// Made when it is first asked for: most actions of a chart are never reached.  Threads: any.
  const Value& value() const;

  const std::string_view literal;  ///< with its quotes
  const Source* const source;
  mutable std::atomic<const Value*> known = nullptr;  ///< owned by the source
};

struct CommandNode final : Node {
  explicit CommandNode(std::size_t position_) : Node{NodeKind::kCommand, position_} {}
  NodeList arguments;  ///< never empty; the first is the function or the operand
};

struct PipelineNode final : Node {
  explicit PipelineNode(std::size_t position_) : Node{NodeKind::kPipeline, position_} {}
  bool is_assignment = false;  ///< = rather than :=
  Names variables;             ///< that it sets
  std::span<const CommandNode* const> commands;
};

struct ActionNode final : Node {
  ActionNode(std::size_t position_, const PipelineNode* pipeline_)
      : Node{NodeKind::kAction, position_}, pipeline{pipeline_} {}
  const PipelineNode* pipeline;
};

/// if, range or with.
struct BranchNode final : Node {
  BranchNode(NodeKind kind_, std::size_t position_) : Node{kind_, position_} {}
  const PipelineNode* pipeline = nullptr;
  NodeList body;
  NodeList otherwise;
  bool has_otherwise = false;
};

struct TemplateNode final : Node {
  TemplateNode(std::size_t position_, std::string_view name_, const PipelineNode* pipeline_)
      : Node{NodeKind::kTemplate, position_}, name{name_}, pipeline{pipeline_} {}
  std::string_view name;
  const PipelineNode* pipeline;  ///< may be null
};

/// break or continue.
struct JumpNode final : Node {
  using Node::Node;
};

/// A text that templates were parsed from, and the memory that their trees lie in.  Threads: one, while they are
/// parsed.
class Source {
 public:
  static constexpr std::size_t kLongestText = UINT32_MAX;

  /// @param text  never null; longer ones have no places
  Source(std::string name_, std::shared_ptr<const std::string> text_)
      : name{std::move(name_)}, shared_text{std::move(text_)}, text{*shared_text} {}
  ~Source();
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  template <class Made, class... Arguments>
  Made* make(Arguments&&... arguments) {
    static_assert(std::is_trivially_destructible_v<Made>);
    return new (memory_.allocate(sizeof(Made), alignof(Made))) Made(std::forward<Arguments>(arguments)...);
  }
  /// A value that lives as long as the source.  Threads: any.
  const Value& own(Value value) const {
    auto* const made = new Owned{std::move(value), last_owned_.load(std::memory_order_relaxed)};
    while (!last_owned_.compare_exchange_weak(made->before, made, std::memory_order_acq_rel)) {
    }
    return made->value;
  }
  /// A copy of a list, of texts or pointers.
  template <class Item>
  std::span<const Item> keep(std::span<const Item> items) {
    if (items.empty()) return {};
    auto* out = static_cast<Item*>(memory_.allocate(items.size_bytes(), alignof(Item)));
    std::uninitialized_copy(items.begin(), items.end(), out);
    return {out, items.size()};
  }
  std::string_view keep(std::string_view word) {
    const auto kept = keep(std::span<const char>{word});
    return {kept.data(), kept.size()};
  }

  const std::string name;
  const std::shared_ptr<const std::string> shared_text;
  const std::string_view text;

 private:
  static constexpr std::size_t kFirstPiece = 1024;
  struct Owned {
    Value value;
    Owned* before;
  };

  std::pmr::monotonic_buffer_resource memory_{kFirstPiece};
  mutable std::atomic<Owned*> last_owned_ = nullptr;
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
