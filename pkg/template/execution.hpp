#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pkg/template/functions.hpp"
#include "pkg/template/node.hpp"
#include "pkg/template/parser.hpp"
#include "pkg/template/template.hpp"

namespace weir::templates {

/// Why rendering ended.
struct ExecutionError {
  InputError error;
};

/// One rendering.  Threads: one.
class Execution {
 public:
  struct Library {
    const Trees& trees;
    const Functions& functions;
    const Functions& builtins;
    MissingKey missing_key;
  };

  Execution(const Library& library, const Limits& limits);
  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  /// @throws ExecutionError
  std::string run(const Tree& tree, const Value& data);

 private:
  enum class Flow { kNext, kBreak, kContinue };
  struct Variable {
    std::string_view name;
    Value value;
  };
  struct Arguments;
  class Nesting;
  class Invocation;

  [[noreturn]] void fail(std::string_view message) const;
  void at(const Node& node) { node_ = &node; }
  void step(std::size_t count = 1);

  Flow walk_list(const Value& dot, const NodeList& list);
  Flow walk(const Value& dot, const Node& node);
  Flow walk_branch(const Value& dot, const BranchNode& node);
  Flow walk_range(const Value& dot, const BranchNode& node);
  Flow iterate(const BranchNode& node, const Value& index, const Value& element);
  void walk_template(const Value& dot, const TemplateNode& node);
  std::string render(std::string_view name, const Value& data);
  void print_value(const Node& node, const Value& value);

  Value pipeline(const Value& dot, const PipelineNode* node);
  Value command(const Value& dot, const CommandNode& node, const Value* piped);
  Value operand(const Value& dot, const Node& node, const Arguments& arguments);
  Value constant(const NumberNode& node);
  Value function(const Value& dot, const IdentifierNode& name, const Node& place, const Arguments& arguments);
  Value chain(const Value& dot, const ChainNode& node, const Arguments& arguments);
  Value variable(const Value& dot, const VariableNode& node, const Arguments& arguments);
  Value fields(
      const Value& dot, Value receiver, const Node& node, std::span<const std::string> names, const Arguments& arguments
  );
  Value field(
      const Value& dot, const Value& receiver, const Node& node, const std::string& name, const Arguments& arguments
  );
  Value missing_entry(const Map& map, const std::string& name);
  Value call(
      const Value& dot,
      const Function& function,
      const Value* receiver,
      const Node& place,
      const std::string& name,
      const Arguments& arguments
  );
  Value and_or(const Value& dot, bool is_or, const Arguments& arguments);
  Value argument(const Value& dot, Parameter parameter, const Node& node);
  Value literal(Parameter parameter, const Node& node);
  Value validated(const Value& value, Parameter parameter);
  void no_arguments(const Arguments& arguments);

  Value& find_variable(std::string_view name);
  Value keep(Value value);
  Value copied(const Value& value, int depth);

  const Library& library_;
  Budget budget_;
  Call::Render render_;
  const Tree* tree_ = nullptr;
  const Node* node_ = nullptr;  // where an error is
  BoundedText* out_ = nullptr;
  std::vector<Variable> variables_;
  std::size_t depth_ = 0;
  int nesting_ = 0;
  // Every list and map made on the way, emptied at the end: values that hold themselves go too, and
  // values inside each other thousands deep go without recursion.
  std::vector<std::shared_ptr<List>> lists_;
  std::vector<std::shared_ptr<Map>> maps_;
};

}  // namespace weir::templates
