// Pipelines, fields and calls.
#include <algorithm>

#include <boost/container/small_vector.hpp>

#include "pkg/base/text.hpp"
#include "pkg/template/builtins.hpp"
#include "pkg/template/execution.hpp"
#include "pkg/template/nil_map.hpp"
#include "pkg/template/print.hpp"
#include "pkg/template/quote.hpp"

namespace weir::templates {
namespace {

/// Arguments of a call that need no memory of their own.
constexpr std::size_t kFewArguments = 6;

/// The type that messages name: what lay in an interface {} is called that.
std::string static_type(const Value& value) {
  if (value.is_boxed() || value.kind() == Kind::kNil) return std::string{kInterface};
  return value.type();
}

/// What stands before one of a node's names: ".Values.a" before the last of .Values.a.b.
std::string text_before(const Node& node, const std::string_view& name) {
  const auto joined = [&](std::string text, Names names) {
    for (const auto& before : names) {
      if (&before == &name) break;
      text::append(text, text.starts_with('$') || !before.starts_with('$') ? "." : "", before);
    }
    return text.empty() ? std::string{"."} : text;
  };
  switch (node.kind) {
    case NodeKind::kField: return joined("", static_cast<const FieldNode&>(node).names);
    case NodeKind::kVariable: return joined("", static_cast<const VariableNode&>(node).names);
    case NodeKind::kChain: {
      const auto& chain = static_cast<const ChainNode&>(node);
      return joined(text::cat("(", chain.operand->text(), ")"), chain.names);
    }
    default: return node.text();
  }
}

/// A value in few words, for the second paragraph of a message.
std::string shown(const Value& value) {
  constexpr std::size_t kMaxShown = 60;
  if (value.is_nil() && value.kind() != Kind::kList) return "null";
  Limits limits;
  limits.output_bytes = 4096;
  limits.steps = 256;
  Budget budget{limits};
  std::string text;
  try {
    text = print(value, budget);
  } catch (const CallError&) {
    return text::cat("a ", value.type());
  }
  if (text.size() > kMaxShown) text = text.substr(0, kMaxShown) + "...";
  return text::cat(text, " (", value.type(), ")");
}

}  // namespace

// --- Pipelines -----------------------------------------------------------------------------------------------------

Value& Execution::find_variable(std::string_view name) {
  for (std::size_t i = variables_.size(); i > first_variable_; --i) {
    if (variables_[i - 1].name == name) return variables_[i - 1].value;
  }
  fail(text::cat("undefined variable: ", name));
}

Value Execution::pipeline(const Value& dot, const PipelineNode* node) {
  if (!node) return {};
  const Nesting nesting{*this};
  at(*node);
  step();
  Value value;
  const Value* piped = nullptr;
  for (const auto& part : node->commands) {
    value = std::move(command(dot, *part, piped)).boxed(false);
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
  arguments.nodes = node.arguments.subspan(1);
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
    case NodeKind::kString: return static_cast<const StringNode&>(node).value();
    case NodeKind::kNil: fail("nil is not a command");
    default: fail(text::cat("can't evaluate command ", quote(node.text())));
  }
}

Value Execution::constant(const NumberNode& node) {
  at(node);
  if (node.is_complex) return Value::complex(node.complex);
  const std::string_view text = node.spelling;
  const bool is_rune = text.starts_with('\'');
  const bool is_hex = text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') &&
                      text.find_first_of("pP") == std::string_view::npos;
  if (node.is_real && !is_hex && !is_rune && text.find_first_of(".eEpP") != std::string_view::npos)
    return Value::real(node.real);
  if (!node.is_integer) fail(text::cat(text, " overflows int"));
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
  return fields(dot, value, node, node.names.subspan(1), arguments);
}

// --- Fields and methods --------------------------------------------------------------------------------------------

Value Execution::fields(const Value& dot, Value receiver, const Node& node, Names names, const Arguments& arguments) {
  for (std::size_t i = 0; i + 1 < names.size(); ++i) receiver = field(dot, receiver, node, names[i], {});
  return field(dot, receiver, node, names.back(), arguments);
}

Value Execution::field(
    const Value& dot, const Value& receiver, const Node& node, const std::string_view& name, const Arguments& arguments
) {
  step();
  if (!receiver.has_value()) {
    if (library_.options.missing_key == MissingKey::kError) fail(text::cat("nil data; no entry for key ", quote(name)));
    return {};
  }
  if (receiver.kind() == Kind::kNil)
    fail(text::cat("nil pointer evaluating ", kInterface, ".", name), text::cat(text_before(node, name), " is null"));
  const auto method = find_method(receiver, name);
  if (method.function && !method.function->parameters.empty())
    return call(dot, *method.function, &method.receiver, node, name, arguments);
  if (receiver.kind() == Kind::kStruct) {
    if (const Value* value = receiver.as_struct().find_field(name)) {
      if (name[0] >= 'a' && name[0] <= 'z')
        fail(text::cat(name, " is an unexported field of struct type ", static_type(receiver)));
      if (!arguments.empty()) fail(text::cat(name, " has arguments but cannot be invoked as function"));
      return *value;
    }
  } else if (receiver.kind() == Kind::kMap && receiver.as_map().key_type == "string") {
    if (!arguments.empty()) fail(text::cat(name, " is not a method but has arguments"));
    const Map& map = receiver.as_map();
    if (const Value* value = map.find(name)) return value->boxed(map.value_type == kInterface);
    return missing_entry(map, name);
  }
  refuse_field(receiver, node, name);
}

void Execution::refuse_field(const Value& receiver, const Node& node, const std::string_view& name) {
  fail(
      text::cat("can't evaluate field ", name, " in type ", static_type(receiver)),
      text::cat(text_before(node, name), " is ", shown(receiver))
  );
}

Value Execution::missing_entry(const Map& map, const std::string_view& name) {
  switch (library_.options.missing_key) {
    case MissingKey::kError: fail(text::cat("map has no entry for key ", quote(name)));
    case MissingKey::kZero: return zero_value(map.value_type);
    case MissingKey::kNoValue: break;
  }
  return {};
}

// --- Calls ---------------------------------------------------------------------------------------------------------

Value Execution::function(const Value& dot, const IdentifierNode& name, const Node& place, const Arguments& arguments) {
  at(name);
  const FunctionChoice& choice = name.choice;
  if ((choice.is_and || choice.is_or) && !arguments.empty()) return and_or(dot, choice.is_or, arguments);
  return call(dot, *choice.function, nullptr, place, name.name, arguments);
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
    const std::string_view& name,
    const Arguments& arguments
) {
  const Nesting nesting{*this};
  step();
  const std::span<const Parameter> parameters = std::span{function.parameters}.subspan(receiver ? 1 : 0);
  const std::size_t given = arguments.nodes.size() + (arguments.piped ? 1 : 0);
  if (function.is_variadic ? given + 1 < parameters.size() : given != parameters.size())
    refuse_count(name, parameters, function.is_variadic, arguments);

  boost::container::small_vector<Value, kFewArguments> values;
  values.reserve(given + 1);
  if (receiver) values.push_back(*receiver);
  const auto parameter = [&](std::size_t index) { return parameters[std::min(index, parameters.size() - 1)]; };
  for (std::size_t i = 0; i < arguments.nodes.size(); ++i)
    values.push_back(argument(dot, parameter(i), *arguments.nodes[i]));
  if (arguments.piped) values.push_back(validated(*arguments.piped, parameter(given - 1)));
  return call_body(function, {values.data(), values.size()}, place, name);
}

Value Execution::call_body(
    const Function& function, std::span<const Value> values, const Node& place, const std::string_view& name
) {
  ExecutionError failure;
  try {
    Call call{budget_, values, this};
    Value result = function.body(call);
    if (result.is_string()) budget_.spend_on_text(result.as_string().size());
    if (result.kind() == Kind::kList) budget_.spend(result.as_list().items.size());
    return result;
  } catch (const CallError& error) {
    failure = error.cause();
    failure.levels.push_back({{}, {}, {}, error.what()});
  } catch (ExecutionError& error) {
    failure = std::move(error);  // of a template that the function rendered
  }
  at(place);
  fail_above(text::cat("error calling ", name, ": "), std::move(failure));
}

void Execution::refuse_count(
    const std::string_view& name, std::span<const Parameter> wanted, bool is_variadic, const Arguments& arguments
) {
  // Go leaves the piped argument out of the count for variadic functions only.
  const std::size_t given = arguments.nodes.size() + (arguments.piped && !is_variadic ? 1 : 0);
  const std::size_t least = is_variadic ? wanted.size() - 1 : wanted.size();
  fail(text::cat("wrong number of args for ", name, ": want ", is_variadic ? "at least " : "", least, " got ", given));
}

Value Execution::validated(Value value, Parameter parameter) {
  if (takes(parameter, value)) {
    if (parameter == Parameter::kDict && !is_nil_map(value)) return value.unnamed();
    if (value.has_value() || parameter == Parameter::kValue) return std::move(value).boxed(false);
    return Value::nil();
  }
  const bool may_be_nil = parameter == Parameter::kDict || parameter == Parameter::kAnyList ||
                          parameter == Parameter::kTextList || parameter == Parameter::kBytes;
  if (!value.has_value() && may_be_nil) return Value::nil();
  refuse_type(value, parameter);
}

void Execution::refuse_type(const Value& value, Parameter parameter) {
  const std::string place = node_ ? node_->text() : "the value";
  const std::string seen = text::cat(place, " is ", shown(value));
  if (!value.has_value()) fail(text::cat("invalid value; expected ", type_of(parameter)), seen);
  const std::string type = value.kind() == Kind::kNil ? std::string{kInterface} : value.type();
  fail(text::cat("wrong type for value; expected ", type_of(parameter), "; got ", type), seen);
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
    if (parameter == Parameter::kAny || parameter == Parameter::kDict || parameter == Parameter::kAnyList ||
        parameter == Parameter::kTextList || parameter == Parameter::kBytes)
      return Value::nil();
    fail(text::cat("cannot assign nil to ", type_of(parameter)));
  }
  switch (parameter) {
    case Parameter::kAny:
    case Parameter::kValue: return operand({}, node, {});
    case Parameter::kString:
      if (node.kind != NodeKind::kString) expected("string");
      return static_cast<const StringNode&>(node).value();
    case Parameter::kBool:
      if (node.kind != NodeKind::kBool) expected("bool");
      return static_cast<const BoolNode&>(node).value;
    case Parameter::kInt:
      if (node.kind != NodeKind::kNumber || !static_cast<const NumberNode&>(node).is_integer) expected("integer");
      return Value::integer(static_cast<const NumberNode&>(node).integer);
    case Parameter::kFloat64:
      if (node.kind != NodeKind::kNumber || !static_cast<const NumberNode&>(node).is_real) expected("float");
      return Value::real(static_cast<const NumberNode&>(node).real);
    case Parameter::kInt64:
      if (node.kind != NodeKind::kNumber || !static_cast<const NumberNode&>(node).is_integer) expected("integer");
      return Value::integer(static_cast<const NumberNode&>(node).integer, Kind::kInt64);
    case Parameter::kUint32:
      if (node.kind != NodeKind::kNumber || !static_cast<const NumberNode&>(node).is_unsigned)
        expected("unsigned integer");
      return Value::unsigned_integer(static_cast<const NumberNode&>(node).unsigned_integer, Kind::kUint32);
    case Parameter::kDict:
    case Parameter::kBytes:
    case Parameter::kAnyList:
    case Parameter::kTextList:
    case Parameter::kTime:
    case Parameter::kVersion:
    case Parameter::kCertificate: break;
  }
  fail(text::cat("can't handle ", node.text(), " for arg of type ", type_of(parameter)));
}

}  // namespace weir::templates
