#pragma once

#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pkg/template/functions.hpp"
#include "pkg/template/library.hpp"
#include "pkg/template/node.hpp"
#include "pkg/template/template.hpp"

namespace weir::templates {

/// One rendering, or several that share their data and limits.  Threads: one.
class Execution final : public Call::Renderer {
 public:
  /// @param library  outlives the execution
  Execution(const Library& library, const Limits& limits, std::stop_token stop);
  ~Execution() override;
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  RenderResult<std::string> run(std::string_view name, const Value& data);
  RenderResult<std::string> run_on_copy(const Tree& tree, const Value& data);

 private:
  enum class Flow { kNext, kBreak, kContinue };
  struct Variable {
    std::string_view name;
    Value value;
  };
  struct Arguments;
  class Nesting;
  class Invocation;

  // For functions.
  std::string render(std::string_view name, const Value& data) override;
  Result<ParsedText> parse(std::string_view name, const Value& text) override;
  std::string render(const ParsedText& parsed, const Value& data) override;
  void will_change(const Value& value) override;

  RenderResult<std::string> run(const Tree& tree, const Value& data);
  std::string run_tree(const Tree& tree, const Value& data);
  const Tree* find_tree(std::string_view name) const;
  Value copied(const Value& value, int depth);

  [[noreturn]] void fail(std::string_view message, std::string value = {}) const;
  /// Throws what is being caught from here, with this place above it.
  [[noreturn]] void fail_above(std::string message, ExecutionError below) const;
  ErrorLevel level(std::string message) const;
  void at(const Node& node) { node_ = &node; }
  void step(std::size_t count = 1);

  // Actions.
  Flow walk_list(const Value& dot, NodeList list);
  Flow walk(const Value& dot, const Node& node);
  Flow walk_branch(const Value& dot, const BranchNode& node);
  Flow walk_range(const Value& dot, const BranchNode& node);
  Flow iterate(const BranchNode& node, const Value& index, const Value& element);
  void walk_template(const Value& dot, const TemplateNode& node);
  void print_text(std::string_view text);
  void print_value(const Node& node, const Value& value);

  // Pipelines: evaluation.cpp.
  Value pipeline(const Value& dot, const PipelineNode* node);
  Value command(const Value& dot, const CommandNode& node, const Value* piped);
  Value operand(const Value& dot, const Node& node, const Arguments& arguments);
  Value constant(const NumberNode& node);
  Value function(const Value& dot, const IdentifierNode& name, const Node& place, const Arguments& arguments);
  Value chain(const Value& dot, const ChainNode& node, const Arguments& arguments);
  Value variable(const Value& dot, const VariableNode& node, const Arguments& arguments);
  Value fields(const Value& dot, Value receiver, const Node& node, Names names, const Arguments& arguments);
  Value field(
      const Value& dot,
      const Value& receiver,
      const Node& node,
      const std::string_view& name,
      const Arguments& arguments
  );
  Value missing_entry(const Map& map, const std::string_view& name);
  Value call(
      const Value& dot,
      const Function& function,
      const Value* receiver,
      const Node& place,
      const std::string_view& name,
      const Arguments& arguments
  );
  Value call_body(
      const Function& function, std::span<const Value> values, const Node& place, const std::string_view& name
  );
  Value and_or(const Value& dot, bool is_or, const Arguments& arguments);
  Value argument(const Value& dot, Parameter parameter, const Node& node);
  Value literal(Parameter parameter, const Node& node);
  Value validated(Value value, Parameter parameter);
  [[noreturn]] void refuse_type(const Value& value, Parameter parameter);
  [[noreturn]] void refuse_count(
      const std::string_view& name, std::span<const Parameter> wanted, bool is_variadic, const Arguments& arguments
  );
  [[noreturn]] void refuse_field(const Value& receiver, const Node& node, const std::string_view& name);
  void no_arguments(const Arguments& arguments);
  Value& find_variable(std::string_view name);

  const Library& library_;
  Budget budget_;
  const char* const stack_;
  const Tree* tree_ = nullptr;
  const Node* node_ = nullptr;  // where an error is
  BoundedText* out_ = nullptr;
  std::vector<Variable> variables_;
  std::size_t first_variable_ = 0;  // of the template that is being rendered; those before belong to its callers
  std::size_t depth_ = 0;
  std::size_t nesting_ = 0;
  std::vector<const Trees*> overlays_;  // what texts that are being rendered define, the last one first
  std::unordered_map<std::string_view, ParsedText> parsed_;  // the keys are the trees' own sources
  std::size_t parsed_bytes_ = 0;
  std::vector<Value> changed_;  // maps that may hold themselves
};

/// What a command is given: the nodes after its first word, and the result of the command before it
/// in the pipeline.
struct Execution::Arguments {
  NodeList nodes;
  const Value* piped = nullptr;
  const Node* first_word = nullptr;

  bool empty() const { return nodes.empty() && !piped; }
};

class Execution::Nesting {
 public:
  explicit Nesting(Execution& execution) : execution_{execution} {
    const auto* const here = static_cast<const char*>(__builtin_frame_address(0));
    const auto used =
        static_cast<std::size_t>(here < execution.stack_ ? execution.stack_ - here : here - execution.stack_);
    const Limits& limits = execution.budget_.limits();
    if (execution.nesting_ >= limits.nesting || used > limits.stack_bytes) too_deep();
    ++execution.nesting_;
  }
  ~Nesting() { --execution_.nesting_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

 private:
  [[noreturn]] void too_deep() const { execution_.fail("rendering is nested too deep"); }

  Execution& execution_;
};

}  // namespace weir::templates
