#include "pkg/template/execution.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/template/builtins.hpp"
#include "pkg/template/print.hpp"
#include "pkg/template/quote.hpp"

namespace weir::templates {
namespace {

/// Blocks, calls and pipelines inside each other, over all templates that are being rendered:
/// bounds the stack.
constexpr int kMaxNesting = 1500;

/// How much of an action a message repeats.
constexpr std::size_t kMaxContext = 1000;

/// The type that messages name: what lay in an interface {} is called that.
std::string static_type(const Value& value) {
  if (value.is_boxed() || value.kind() == Kind::kNil) return std::string{kInterface};
  return value.type();
}

}  // namespace

/// What a command is given: the nodes after its first word, and the result of the command before it
/// in the pipeline.
struct Execution::Arguments {
  std::span<const NodePtr> nodes;
  const Value* piped = nullptr;
  const Node* first_word = nullptr;

  bool empty() const { return nodes.empty() && !piped; }
};

class Execution::Nesting {
 public:
  explicit Nesting(Execution& execution) : execution_{execution} {
    if (execution.nesting_ >= kMaxNesting) execution.fail("rendering is nested too deep");
    ++execution.nesting_;
  }
  ~Nesting() { --execution_.nesting_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

 private:
  Execution& execution_;
};

/// The state of another template for as long as it is rendered: no variables but $.
class Execution::Invocation {
 public:
  Invocation(Execution& execution, const Tree& tree, const Value& data, BoundedText* out)
      : execution_{execution},
        variables_{std::exchange(execution.variables_, {})},
        tree_{std::exchange(execution.tree_, &tree)},
        node_{execution.node_},
        out_{std::exchange(execution.out_, out)} {
    execution_.variables_.push_back({"$", data});
    ++execution_.depth_;
  }
  ~Invocation() {
    --execution_.depth_;
    execution_.variables_ = std::move(variables_);
    execution_.tree_ = tree_;
    execution_.node_ = node_;
    execution_.out_ = out_;
  }
  Invocation(const Invocation&) = delete;
  Invocation& operator=(const Invocation&) = delete;

 private:
  Execution& execution_;
  std::vector<Variable> variables_;
  const Tree* tree_;
  const Node* node_;
  BoundedText* out_;
};

Execution::Execution(const Library& library, const Limits& limits)
    : library_{library},
      budget_{limits},
      render_{[this](std::string_view name, const Value& data) { return render(name, data); }} {}

Execution::~Execution() {
  for (const auto& list : lists_) list->items.clear();
  for (const auto& map : maps_) map->entries.clear();
}

std::string Execution::run(const Tree& tree, const Value& data) {
  tree_ = &tree;
  BoundedText out{budget_};
  out_ = &out;
  Value own;
  try {
    own = copied(data, 0);
  } catch (const CallError& error) {
    fail(error.what());
  }
  variables_.push_back({"$", own});
  walk_list(own, tree.body);
  return out.take();
}

void Execution::fail(std::string_view message) const {
  const std::string name = quote(tree_->name);
  if (!node_) throw ExecutionError{{text::cat("template: ", tree_->name), std::string{message}}};
  std::string context = node_->text();
  if (context.size() > kMaxContext) context = context.substr(0, kMaxContext) + "...";
  throw ExecutionError{
      {text::cat("template: ", tree_->locate(*node_)),
       text::cat("executing ", name, " at <", context, ">: ", message)}};
}

void Execution::step(std::size_t count) {
  try {
    budget_.spend(count);
  } catch (const CallError& error) {
    fail(error.what());
  }
}

Value Execution::keep(Value value) {
  if (value.kind() == Kind::kList && !value.as_list().is_kept) {
    value.as_list().is_kept = true;
    lists_.push_back(value.shared_list());
  } else if (value.kind() == Kind::kMap && !value.as_map().is_kept) {
    value.as_map().is_kept = true;
    maps_.push_back(value.shared_map());
  }
  return value;
}

Value Execution::copied(const Value& value, int depth) {
  if (depth > kMaxValueDepth) throw CallError{"the data is nested too deep"};
  switch (value.kind()) {
    case Kind::kList: {
      const List& from = value.as_list();
      Value out = from.is_nil ? Value::nil_list(from.type) : Value::list({}, from.type);
      Value::Items& items = out.as_list().items;
      items.reserve(from.items.size());
      for (const auto& item : from.items) items.push_back(copied(item, depth + 1));
      return keep(std::move(out));
    }
    case Kind::kMap: {
      const Map& from = value.as_map();
      Value out = Value::map(from.key_type, from.value_type);
      for (const auto& [key, element] : from.entries) out.as_map().set(key, copied(element, depth + 1));
      return keep(std::move(out));
    }
    case Kind::kStruct: {
      const Struct& from = value.as_struct();
      Value::Items items;
      items.reserve(from.fields.size());
      for (const auto& item : from.fields) items.push_back(copied(item, depth + 1));
      return Value::structure(from.type, std::move(items));
    }
    default: return value;
  }
}

// --- Actions -------------------------------------------------------------------------------------------------------

Execution::Flow Execution::walk_list(const Value& dot, const NodeList& list) {
  const Nesting nesting{*this};
  for (const auto& node : list) {
    if (const Flow flow = walk(dot, *node); flow != Flow::kNext) return flow;
  }
  return Flow::kNext;
}

Execution::Flow Execution::walk(const Value& dot, const Node& node) {
  at(node);
  step();
  switch (node.kind) {
    case NodeKind::kText: try { out_->append(static_cast<const TextNode&>(node).content);
      } catch (const CallError& error) {
        fail(error.what());
      }
      return Flow::kNext;
    case NodeKind::kAction: {
      const auto& action = static_cast<const ActionNode&>(node);
      const Value value = pipeline(dot, action.pipeline.get());
      if (action.pipeline->variables.empty()) print_value(node, value);
      return Flow::kNext;
    }
    case NodeKind::kIf:
    case NodeKind::kWith: return walk_branch(dot, static_cast<const BranchNode&>(node));
    case NodeKind::kRange: return walk_range(dot, static_cast<const BranchNode&>(node));
    case NodeKind::kTemplate: walk_template(dot, static_cast<const TemplateNode&>(node)); return Flow::kNext;
    case NodeKind::kBreak: return Flow::kBreak;
    case NodeKind::kContinue: return Flow::kContinue;
    default: fail(text::cat("unknown node: ", node.text()));
  }
}

Execution::Flow Execution::walk_branch(const Value& dot, const BranchNode& node) {
  const std::size_t mark = variables_.size();
  const Value value = pipeline(dot, node.pipeline.get());
  Flow flow = Flow::kNext;
  if (is_true(value)) {
    flow = walk_list(node.kind == NodeKind::kWith ? value : dot, node.body);
  } else if (node.has_otherwise) {
    flow = walk_list(dot, node.otherwise);
  }
  variables_.resize(mark);
  return flow;
}

Execution::Flow Execution::iterate(const BranchNode& node, const Value& index, const Value& element) {
  step();
  const auto& names = node.pipeline->variables;
  if (node.pipeline->is_assignment) {
    // One variable takes the element, two take index and element.
    if (names.size() == 1) find_variable(names[0]) = element;
    if (names.size() == 2) {
      find_variable(names[0]) = index;
      find_variable(names[1]) = element;
    }
  } else {
    if (!names.empty()) variables_.back().value = element;
    if (names.size() == 2) variables_[variables_.size() - 2].value = index;
  }
  const std::size_t mark = variables_.size();
  const Flow flow = walk_list(element, node.body);
  variables_.resize(mark);
  return flow;
}

Execution::Flow Execution::walk_range(const Value& dot, const BranchNode& node) {
  const std::size_t mark = variables_.size();
  const Value value = pipeline(dot, node.pipeline.get());
  const auto shown = [&] {
    try {
      return print(value, budget_);
    } catch (const CallError& error) {
      fail(error.what());
    }
  };
  bool is_empty = true;
  const auto once = [&](const Value& index, const Value& element) {
    is_empty = false;
    return iterate(node, index, element) != Flow::kBreak;
  };
  if (value.is_integer() || value.is_unsigned()) {
    if (node.pipeline->variables.size() > 1)
      fail(text::cat("can't use ", shown(), " to iterate over more than one variable"));
    const bool is_signed = value.is_integer();
    const std::uint64_t count =
        is_signed ? static_cast<std::uint64_t>(std::max<std::int64_t>(value.as_integer(), 0)) : value.as_unsigned();
    for (std::uint64_t i = 0; i < count; ++i) {
      const Value element = is_signed ? Value::integer(static_cast<std::int64_t>(i), value.kind())
                                      : Value::unsigned_integer(i, value.kind());
      if (!once({}, element)) break;
    }
  } else if (value.kind() == Kind::kList) {
    const std::shared_ptr<List> list = value.shared_list();
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      if (!once(Value::integer(static_cast<std::int64_t>(i)), list->at(i))) break;
    }
  } else if (value.kind() == Kind::kMap) {
    // What the map holds when the loop begins: the body may change it.
    const Map& map = value.as_map();
    step(map.entries.size());
    const std::vector<std::pair<Value, Value>> entries{map.entries.begin(), map.entries.end()};
    const bool is_boxed = map.value_type == kInterface;
    for (const auto& [key, element] : entries) {
      if (!once(key, element.boxed(is_boxed))) break;
    }
  } else if (value.has_value() && value.kind() != Kind::kNil) {
    fail(text::cat("range can't iterate over ", shown()));
  }
  Flow flow = Flow::kNext;
  if (is_empty && node.has_otherwise) flow = walk_list(dot, node.otherwise);
  variables_.resize(mark);
  return flow;
}

void Execution::walk_template(const Value& dot, const TemplateNode& node) {
  const auto tree = library_.trees.find(node.name);
  if (tree == library_.trees.end()) fail(text::cat("template ", quote(node.name), " not defined"));
  if (depth_ >= budget_.limits().template_depth)
    fail(text::cat("exceeded maximum template depth (", budget_.limits().template_depth, ")"));
  const Value data = pipeline(dot, node.pipeline.get());
  const Invocation invocation{*this, *tree->second, data, out_};
  walk_list(data, tree->second->body);
}

std::string Execution::render(std::string_view name, const Value& data) {
  const auto tree = library_.trees.find(name);
  if (tree == library_.trees.end())
    throw CallError{text::cat("no template ", quote(name), " associated with template ", quote(tree_->name))};
  if (depth_ >= budget_.limits().template_depth)
    throw CallError{text::cat("exceeded maximum template depth (", budget_.limits().template_depth, ")")};
  BoundedText text{budget_};
  const Invocation invocation{*this, *tree->second, data, &text};
  walk_list(data, tree->second->body);
  return text.take();
}

void Execution::print_value(const Node& node, const Value& value) {
  at(node);
  if (value.kind() == Kind::kFunction) fail(text::cat("can't print ", node.text(), " of type ", value.type()));
  try {
    if (value.is_string()) return out_->append(value.as_string());
    out_->append(value.has_value() ? print(value, budget_) : "<no value>");
  } catch (const CallError& error) {
    fail(error.what());
  }
}

// --- Pipelines -----------------------------------------------------------------------------------------------------

Value& Execution::find_variable(std::string_view name) {
  const auto found = std::find_if(variables_.rbegin(), variables_.rend(), [&](const Variable& variable) {
    return variable.name == name;
  });
  if (found == variables_.rend()) fail(text::cat("undefined variable: ", name));
  return found->value;
}

Value Execution::pipeline(const Value& dot, const PipelineNode* node) {
  if (!node) return {};
  const Nesting nesting{*this};
  at(*node);
  step();
  Value value;
  const Value* piped = nullptr;
  for (const auto& part : node->commands) {
    value = command(dot, *part, piped).boxed(false);
    if (value.kind() == Kind::kNil) value = Value{};
    piped = &value;
  }
  for (const auto& name : node->variables) {
    if (node->is_assignment) {
      find_variable(name) = value;
    } else {
      variables_.push_back({name, value});
    }
  }
  return value;
}

void Execution::no_arguments(const Arguments& arguments) {
  if (!arguments.empty()) fail(text::cat("can't give argument to non-function ", arguments.first_word->text()));
}

Value Execution::command(const Value& dot, const CommandNode& node, const Value* piped) {
  const Node& first = *node.arguments.front();
  Arguments arguments;
  arguments.nodes = std::span{node.arguments}.subspan(1);
  arguments.piped = piped;
  arguments.first_word = &first;
  if (first.kind == NodeKind::kIdentifier)
    return function(dot, static_cast<const IdentifierNode&>(first), node, arguments);
  return operand(dot, first, arguments);
}

/// The value of a node, which takes arguments when it is a field with a method.
Value Execution::operand(const Value& dot, const Node& node, const Arguments& arguments) {
  switch (node.kind) {
    case NodeKind::kField:
      at(node);
      return fields(dot, dot, node, static_cast<const FieldNode&>(node).names, arguments);
    case NodeKind::kChain: return chain(dot, static_cast<const ChainNode&>(node), arguments);
    case NodeKind::kVariable: return variable(dot, static_cast<const VariableNode&>(node), arguments);
    case NodeKind::kPipeline: {
      no_arguments(arguments);
      return pipeline(dot, static_cast<const PipelineNode*>(&node));
    }
    default: break;
  }
  at(node);
  no_arguments(arguments);
  switch (node.kind) {
    case NodeKind::kBool: return static_cast<const BoolNode&>(node).value;
    case NodeKind::kDot: return dot;
    case NodeKind::kNumber: return constant(static_cast<const NumberNode&>(node));
    case NodeKind::kString: return static_cast<const StringNode&>(node).value;
    case NodeKind::kNil: fail("nil is not a command");
    default: fail(text::cat("can't evaluate command ", quote(node.text())));
  }
}

Value Execution::constant(const NumberNode& node) {
  at(node);
  if (node.is_complex) return Value::complex(node.complex);
  const std::string& text = node.spelling;
  const bool is_rune = text.starts_with('\'');
  const bool is_hex = text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') &&
                      text.find_first_of("pP") == std::string::npos;
  if (node.is_real && !is_hex && !is_rune && text.find_first_of(".eEpP") != std::string::npos)
    return Value::real(node.real);
  if (!node.is_integer) fail(text + " overflows int");
  return Value::integer(node.integer);
}

Value Execution::chain(const Value& dot, const ChainNode& node, const Arguments& arguments) {
  at(node);
  const Node& inner = *node.operand;
  if (inner.kind == NodeKind::kNil) fail("indirection through explicit nil in " + node.text());
  Arguments none;
  none.first_word = &inner;
  const Value receiver = inner.kind == NodeKind::kIdentifier
                             ? function(dot, static_cast<const IdentifierNode&>(inner), inner, none)
                             : operand(dot, inner, none);
  return fields(dot, receiver, node, node.names, arguments);
}

Value Execution::variable(const Value& dot, const VariableNode& node, const Arguments& arguments) {
  at(node);
  const Value value = find_variable(node.names.front());
  if (node.names.size() == 1) {
    no_arguments(arguments);
    return value;
  }
  return fields(dot, value, node, std::span{node.names}.subspan(1), arguments);
}

// --- Fields and methods --------------------------------------------------------------------------------------------

Value Execution::fields(
    const Value& dot, Value receiver, const Node& node, std::span<const std::string> names, const Arguments& arguments
) {
  for (std::size_t i = 0; i + 1 < names.size(); ++i) receiver = field(dot, receiver, node, names[i], {});
  return field(dot, receiver, node, names.back(), arguments);
}

Value Execution::field(
    const Value& dot, const Value& receiver, const Node& node, const std::string& name, const Arguments& arguments
) {
  step();
  if (!receiver.has_value()) {
    if (library_.missing_key == MissingKey::kError) fail(text::cat("nil data; no entry for key ", quote(name)));
    return {};
  }
  if (receiver.kind() == Kind::kNil) fail(text::cat("nil pointer evaluating ", kInterface, ".", name));
  const auto method = find_method(receiver, name);
  if (method.function && !method.function->parameters.empty())
    return call(dot, *method.function, &method.receiver, node, name, arguments);
  if (receiver.kind() == Kind::kStruct) {
    if (const Value* value = receiver.as_struct().find_field(name)) {
      if (name[0] >= 'a' && name[0] <= 'z')
        fail(text::cat(name, " is an unexported field of struct type ", static_type(receiver)));
      if (!arguments.empty()) fail(name + " has arguments but cannot be invoked as function");
      return *value;
    }
  } else if (receiver.kind() == Kind::kMap && receiver.as_map().key_type == "string") {
    if (!arguments.empty()) fail(name + " is not a method but has arguments");
    const Map& map = receiver.as_map();
    if (const Value* value = map.find(name)) return value->boxed(map.value_type == kInterface);
    return missing_entry(map, name);
  }
  fail(text::cat("can't evaluate field ", name, " in type ", static_type(receiver)));
}

Value Execution::missing_entry(const Map& map, const std::string& name) {
  switch (library_.missing_key) {
    case MissingKey::kError: fail(text::cat("map has no entry for key ", quote(name)));
    case MissingKey::kZero: return zero_value(map.value_type);
    case MissingKey::kNoValue: break;
  }
  return {};
}

// --- Calls ---------------------------------------------------------------------------------------------------------

Value Execution::function(const Value& dot, const IdentifierNode& name, const Node& place, const Arguments& arguments) {
  at(name);
  if (const auto own = library_.functions.find(name.name); own != library_.functions.end())
    return call(dot, own->second, nullptr, place, name.name, arguments);
  const auto builtin = library_.builtins.find(name.name);
  if (builtin == library_.builtins.end()) fail(text::cat(quote(name.name), " is not a defined function"));
  const bool is_lazy = name.name == "and" || name.name == "or";
  if (is_lazy && !arguments.empty()) return and_or(dot, name.name == "or", arguments);
  return call(dot, builtin->second, nullptr, place, name.name, arguments);
}

Value Execution::and_or(const Value& dot, bool is_or, const Arguments& arguments) {
  const Nesting nesting{*this};
  Value value;
  for (const auto& node : arguments.nodes) {
    value = argument(dot, Parameter::kValue, *node);
    if (is_true(value) == is_or) return value;
  }
  return arguments.piped ? *arguments.piped : value;
}

Value Execution::call(
    const Value& dot,
    const Function& function,
    const Value* receiver,
    const Node& place,
    const std::string& name,
    const Arguments& arguments
) {
  const Nesting nesting{*this};
  step();
  const std::span<const Parameter> parameters = std::span{function.parameters}.subspan(receiver ? 1 : 0);
  const std::size_t given = arguments.nodes.size() + (arguments.piped ? 1 : 0);
  if (function.is_variadic && given + 1 < parameters.size())
    fail(text::cat(
        "wrong number of args for ", name, ": want at least ", parameters.size() - 1, " got ", arguments.nodes.size()
    ));
  if (!function.is_variadic && given != parameters.size())
    fail(text::cat("wrong number of args for ", name, ": want ", parameters.size(), " got ", given));

  std::vector<Value> values;
  values.reserve(given + 1);
  if (receiver) values.push_back(*receiver);
  const auto parameter = [&](std::size_t index) { return parameters[std::min(index, parameters.size() - 1)]; };
  for (std::size_t i = 0; i < arguments.nodes.size(); ++i)
    values.push_back(argument(dot, parameter(i), *arguments.nodes[i]));
  if (arguments.piped) values.push_back(validated(*arguments.piped, parameter(given - 1)));

  std::string failure;
  try {
    Call call{budget_, std::move(values), &render_};
    Value result = function.body(call);
    if (result.is_string()) budget_.spend_on_text(result.as_string().size());
    if (result.kind() == Kind::kList) budget_.spend(result.as_list().items.size());
    return keep(std::move(result));
  } catch (const CallError& error) {
    failure = error.what();
  } catch (const ExecutionError& error) {
    // A template that the function rendered: nothing is left of it but its words.
    failure = error.error.text();
  }
  at(place);
  fail(text::cat("error calling ", name, ": ", failure));
}

Value Execution::validated(const Value& value, Parameter parameter) {
  const bool may_be_nil =
      parameter == Parameter::kAny || parameter == Parameter::kValue || parameter == Parameter::kDict;
  if (!value.has_value()) {
    if (!may_be_nil) fail(text::cat("invalid value; expected ", type_of(parameter)));
    return parameter == Parameter::kValue ? value : Value::nil();
  }
  if (takes(parameter, value)) return value.boxed(false);
  const std::string type = value.kind() == Kind::kNil ? std::string{kInterface} : value.type();
  fail(text::cat("wrong type for value; expected ", type_of(parameter), "; got ", type));
}

Value Execution::argument(const Value& dot, Parameter parameter, const Node& node) {
  at(node);
  step();
  Arguments none;
  none.first_word = &node;
  switch (node.kind) {
    case NodeKind::kDot: return validated(dot, parameter);
    case NodeKind::kField:
    case NodeKind::kVariable:
    case NodeKind::kPipeline:
    case NodeKind::kChain: return validated(operand(dot, node, none), parameter);
    case NodeKind::kIdentifier:
      return validated(function(dot, static_cast<const IdentifierNode&>(node), node, none), parameter);
    default: return literal(parameter, node);
  }
}

/// A constant, read as the type that the parameter has.
Value Execution::literal(Parameter parameter, const Node& node) {
  const auto expected = [&](std::string_view what) { fail(text::cat("expected ", what, "; found ", node.text())); };
  if (node.kind == NodeKind::kNil) {
    if (parameter == Parameter::kValue) return {};
    if (parameter == Parameter::kAny || parameter == Parameter::kDict) return Value::nil();
    fail(text::cat("cannot assign nil to ", type_of(parameter)));
  }
  switch (parameter) {
    case Parameter::kAny:
    case Parameter::kValue: return operand({}, node, {});
    case Parameter::kString:
      if (node.kind != NodeKind::kString) expected("string");
      return static_cast<const StringNode&>(node).value;
    case Parameter::kBool:
      if (node.kind != NodeKind::kBool) expected("bool");
      return static_cast<const BoolNode&>(node).value;
    case Parameter::kInt:
      if (node.kind != NodeKind::kNumber || !static_cast<const NumberNode&>(node).is_integer) expected("integer");
      return Value::integer(static_cast<const NumberNode&>(node).integer);
    case Parameter::kFloat64:
      if (node.kind != NodeKind::kNumber || !static_cast<const NumberNode&>(node).is_real) expected("float");
      return Value::real(static_cast<const NumberNode&>(node).real);
    case Parameter::kDict: break;
  }
  fail(text::cat("can't handle ", node.text(), " for arg of type ", type_of(parameter)));
}

}  // namespace weir::templates
