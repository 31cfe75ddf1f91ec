#include "pkg/template/execution.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/template/builtins.hpp"
#include "pkg/template/memory_share.hpp"
#include "pkg/template/parse_cost.hpp"
#include "pkg/template/print.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/template/sprig/groups.hpp"

namespace weir::templates {
namespace {

/// Trees of texts parsed at run time are kept up to so many bytes; larger ones and later ones are parsed each time.
constexpr std::size_t kMaxParsedBytes = 64U << 20U;

constexpr std::size_t kLargeCost = 1U << 20U;
constexpr std::uint64_t kLookSteps = 2048;

/// A template that is given nil by a function has nothing as its dot: its fields are nothing, not an error.
const Value& without_nil(const Value& data) {
  static const Value nothing{};
  return data.kind() == Kind::kNil ? nothing : data;
}

}  // namespace

/// The state of another template for as long as it is rendered: no variables but $.
class Execution::Invocation {
 public:
  Invocation(Execution& execution, const Tree& tree, const Value& data, BoundedText* out)
      : execution_{execution},
        size_{execution.variables_.size()},
        first_variable_{std::exchange(execution.first_variable_, size_)},
        tree_{std::exchange(execution.tree_, &tree)},
        node_{execution.node_},
        out_{std::exchange(execution.out_, out)} {
    execution_.variables_.push_back({"$", data});
    ++execution_.depth_;
  }
  ~Invocation() {
    --execution_.depth_;
    execution_.variables_.resize(size_);
    execution_.first_variable_ = first_variable_;
    execution_.tree_ = tree_;
    execution_.node_ = node_;
    execution_.out_ = out_;
  }
  Invocation(const Invocation&) = delete;
  Invocation& operator=(const Invocation&) = delete;

 private:
  Execution& execution_;
  std::size_t size_;
  std::size_t first_variable_;
  const Tree* tree_;
  const Node* node_;
  BoundedText* out_;
};

Execution::Execution(const Library& library, const Limits& limits, std::stop_token stop)
    : library_{library},
      budget_{limits, std::move(stop)},
      stack_{static_cast<const char*>(__builtin_frame_address(0))} {}

Execution::~Execution() {
  for (const auto& map : changed_) map.as_map().entries.clear();
  sprig::forget_patterns();
}

RenderResult<std::string> Execution::run(std::string_view name, const Value& data) {
  const Tree* tree = find_tree(name);
  if (!tree) {
    RenderError error;
    error.levels.push_back({{}, {}, {}, text::cat("no template ", quote(name))});
    return error;
  }
  return run(*tree, data);
}

RenderResult<std::string> Execution::run_on_copy(const Tree& tree, const Value& data) {
  Value own;
  try {
    own = copied(data, 0);
  } catch (const CallError& error) {
    RenderError out;
    out.levels.push_back({tree.name, tree.name, {}, error.what()});
    return out;
  }
  return run(tree, own);
}

RenderResult<std::string> Execution::run(const Tree& tree, const Value& data) {
  try {
    return run_tree(tree, data);
  } catch (ExecutionError& error) {
    std::reverse(error.levels.begin(), error.levels.end());
    return RenderError{std::move(error.levels), std::move(error.detail)};
  }
}

std::string Execution::run_tree(const Tree& tree, const Value& data) {
  node_ = nullptr;
  BoundedText out{budget_, tree.source->text.size()};  // most files come out about as long as they are
  const Invocation invocation{*this, tree, data, &out};
  walk_list(data, tree.body);
  std::string text = out.take();
  if (text.size() < text.capacity() / 2) text.shrink_to_fit();
  return text;
}

const Tree* Execution::find_tree(std::string_view name) const {
  for (auto overlay = overlays_.rbegin(); overlay != overlays_.rend(); ++overlay) {
    if (const Tree* tree = (*overlay)->find(name)) return tree;
  }
  return library_.trees.find(name);
}

ErrorLevel Execution::level(std::string message) const {
  if (!node_) return {tree_->name, tree_->name, {}, std::move(message)};
  std::string context = node_->text();
  const std::size_t limit = budget_.limits().context_bytes;
  if (context.size() > limit) context = context.substr(0, limit) + "...";
  return {tree_->locate(*node_), tree_->name, std::move(context), std::move(message)};
}

void Execution::fail(std::string_view message, std::string value) const {
  ExecutionError error;
  error.levels.push_back(level(std::string{message}));
  if (node_) {
    error.detail.source = std::string{tree_->line_of(*node_)};
    error.detail.value = std::move(value);
  }
  throw error;
}

void Execution::fail_above(std::string message, ExecutionError below) const {
  below.levels.push_back(level(std::move(message)));
  if (node_ && below.detail.source.empty()) below.detail.source = std::string{tree_->line_of(*node_)};
  throw below;
}

void Execution::step(std::size_t count) {
  try {
    budget_.spend(count);
  } catch (const CallError& error) {
    fail(error.what());
  }
}

void Execution::will_change(const Value& value) {
  if (value.kind() != Kind::kMap || value.as_map().is_remembered) return;
  value.as_map().is_remembered = true;
  changed_.push_back(value.unnamed());
}

Value Execution::copied(const Value& value, int depth) {
  if (depth > kMaxValueDepth) throw CallError{"the data is nested too deep"};
  switch (value.kind()) {
    case Kind::kList: {
      const List& from = value.as_list();
      Value::Items items;
      items.reserve(from.items.size());
      for (const auto& item : from.items) items.push_back(copied(item, depth + 1));
      Value out = Value::list(std::move(items), from.type);
      out.as_list().is_nil = from.is_nil;
      return value.named_type() ? out.named(*value.named_type()) : out;
    }
    case Kind::kMap: {
      const Map& from = value.as_map();
      Value out = Value::map(from.key_type, from.value_type);
      for (const auto& [key, element] : from.entries) out.as_map().set(key, copied(element, depth + 1));
      return value.named_type() ? out.named(*value.named_type()) : out;
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

// --- What functions ask for ----------------------------------------------------------------------------------------

std::string Execution::render(std::string_view name, const Value& data) {
  const Tree* tree = find_tree(name);
  if (!tree) {
    const std::string& root = library_.options.root_name;
    throw CallError{text::cat(
        "template: no template ", quote(name), " associated with template ", quote(root.empty() ? tree_->name : root)
    )};
  }
  if (depth_ > budget_.limits().template_depth)
    throw CallError{text::cat("exceeded maximum template depth (", budget_.limits().template_depth, ")")};
  BoundedText text{budget_};
  const Value& dot = without_nil(data);
  const Invocation invocation{*this, *tree, dot, &text};
  walk_list(dot, tree->body);
  return text.take();
}

Result<ParsedText> Execution::parse(std::string_view name, const Value& text) {
  const std::string& source = text.as_string();
  if (const auto known = parsed_.find(source); known != parsed_.end()) return known->second;
  const std::size_t cost = parse_cost(source);
  MemoryShare share;
  share.add(cost);
  // A large one is looked at before it is parsed, whatever is left of the thousand steps between two looks.
  budget_.spend(source.size() / 8 + (cost > kLargeCost ? kLookSteps : 0));
  auto trees = library_.parse(name, std::make_shared<const std::string>(source));
  if (!trees) return trees.error();
  ParsedText out;
  out.tree = (*trees)[std::string{name}];
  out.defines = std::make_shared<const Trees>(std::move(*trees));
  if (parsed_bytes_ + cost <= kMaxParsedBytes) {
    parsed_bytes_ += cost;
    parsed_.emplace(out.tree->source->text, out);
  }
  return out;
}

std::string Execution::render(const ParsedText& parsed, const Value& data) {
  if (depth_ > budget_.limits().template_depth)
    throw CallError{text::cat("exceeded maximum template depth (", budget_.limits().template_depth, ")")};
  BoundedText text{budget_};
  const std::size_t overlays = overlays_.size();
  overlays_.push_back(parsed.defines.get());
  struct Restore {
    std::vector<const Trees*>& overlays;
    std::size_t size;
    ~Restore() { overlays.resize(size); }
  } const restore{overlays_, overlays};
  const Value& dot = without_nil(data);
  const Invocation invocation{*this, *parsed.tree, dot, &text};
  walk_list(dot, parsed.tree->body);
  return text.take();
}

// --- Actions -------------------------------------------------------------------------------------------------------

Execution::Flow Execution::walk_list(const Value& dot, NodeList list) {
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
    case NodeKind::kText: print_text(static_cast<const TextNode&>(node).content); return Flow::kNext;
    case NodeKind::kAction: {
      const auto& action = static_cast<const ActionNode&>(node);
      const Value value = pipeline(dot, action.pipeline);
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
  const Value value = pipeline(dot, node.pipeline);
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
  const Value value = pipeline(dot, node.pipeline);
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
    const List& list = value.as_list();
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      if (!once(Value::integer(static_cast<std::int64_t>(i)), list.at(i))) break;
    }
  } else if (value.kind() == Kind::kBytes) {
    const std::string& bytes = value.as_bytes();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const Value byte = Value::unsigned_integer(static_cast<unsigned char>(bytes[i]), Kind::kUint8);
      if (!once(Value::integer(static_cast<std::int64_t>(i)), byte)) break;
    }
  } else if (value.kind() == Kind::kMap) {
    // What the map holds when the loop begins: the body may change it.
    const Map& map = value.as_map();
    step(map.entries.size());
    const std::vector<Entries::Entry> entries{map.entries.begin(), map.entries.end()};
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
  const Tree* tree = find_tree(node.name);
  if (!tree) fail(text::cat("template ", quote(node.name), " not defined"));
  if (depth_ > budget_.limits().template_depth)
    fail(text::cat("exceeded maximum template depth (", budget_.limits().template_depth, ")"));
  const Value data = pipeline(dot, node.pipeline);
  const Invocation invocation{*this, *tree, data, out_};
  walk_list(data, tree->body);
}

void Execution::print_text(std::string_view text) {
  try {
    out_->append(text);
  } catch (const CallError& error) {
    fail(error.what());
  }
}

void Execution::print_value(const Node& node, const Value& value) {
  at(node);
  if (value.kind() == Kind::kFunction) fail(text::cat("can't print ", node.text(), " of type ", value.type()));
  if (value.is_string()) return print_text(value.as_string());
  try {
    if (!value.has_value()) return out_->append(kNoValueText);
    out_->append(print_in_place(value, budget_));
  } catch (const CallError& error) {
    fail(error.what());
  }
}

}  // namespace weir::templates
