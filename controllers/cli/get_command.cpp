#include "controllers/cli/get_command.hpp"

#include <optional>
#include <string>
#include <vector>

#include "controllers/cli/kinds.hpp"
#include "controllers/cli/output.hpp"
#include "controllers/cli/session.hpp"
#include "pkg/base/text.hpp"
#include "pkg/yaml/writer.hpp"

namespace weir::cli {
namespace {

constexpr std::string_view kUsage =
    "get KIND|all [NAME] [flags]\n"
    "\n"
    "Shows objects of Weir's kinds: all of them, those of a kind, or one.\n";
constexpr std::size_t kWidth = 110;  ///< of the help's lines

using Controllers = std::span<const runtime::ControllerFacts>;

/// kUsage, and the kinds with the first alias of each.
std::string usage(Controllers known) {
  std::string out{kUsage};
  std::string line = "KIND:";
  const auto add = [&](const std::string& words) {
    if (line.size() + 1 + words.size() > kWidth) {
      text::append(out, line, "\n");
      line = words;
    } else {
      text::append(line, " ", words);
    }
  };
  const auto kinds = shown_kinds(known);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const auto& kind = *kinds[i];
    const std::string alias = kind.aliases.empty() ? "" : text::cat(" (", kind.aliases.front(), ")");
    add(text::cat(kind.names.plural, alias, i + 1 == kinds.size() ? "; also KIND/NAME." : ","));
  }
  text::append(out, line, "\n");
  return out;
}

/// What was asked for.
struct Query {
  std::vector<const runtime::KindFacts*> kinds;
  std::string name;        ///< empty: every object
  std::string namespace_;  ///< empty: all
  std::string labels;
  Output output = Output::kTable;
  bool is_all_kinds = false;
};

/// The objects of one kind.
struct Found {
  const runtime::KindFacts* kind = nullptr;
  std::vector<json::Value> objects;
};

Result<Query> read_query(Controllers known, const Given& given) {
  Query query;
  auto words = given.words;
  if (words.empty()) return InputError{"", "which kind? give one, or all"};
  if (words.size() > 2) return InputError{"", text::cat("unexpected argument ", text::quoted(words[2]))};
  if (words.size() == 1) {
    if (const auto [kind, name] = text::cut(words[0], "/"); !name.empty())
      words = {std::string{kind}, std::string{name}};
  }
  query.is_all_kinds = words[0] == "all";
  if (query.is_all_kinds) {
    if (words.size() == 2) return InputError{"", "all kinds and one name do not go together"};
    query.kinds = shown_kinds(known);
  } else {
    const auto* kind = find_kind(known, words[0]);
    if (kind == nullptr) return InputError{"", text::cat("unknown kind ", text::quoted(words[0]))};
    query.kinds.push_back(kind);
  }
  if (words.size() == 2) query.name = words[1];
  if (given.has("all-namespaces") && !query.name.empty())
    return InputError{"--all-namespaces", "does not go with a name"};
  query.labels = given.value("selector");
  const auto output = parse_output(given);
  if (output.has_error()) return output.error();
  query.output = *output;
  return query;
}

asio::awaitable<std::vector<json::Value>> list_all(
    Session& session, const Query& query, const kube::Resource& resource
) {
  kube::ListOptions options;
  options.namespace_ = query.namespace_;
  options.label_selector = query.labels;
  std::vector<json::Value> out;
  do {
    auto page = co_await session.client().list(resource, options);
    for (auto& item : page.items) out.push_back(std::move(item));
    options.continue_token = std::move(page.continue_token);
  } while (!options.continue_token.empty());
  co_return out;
}

std::string api_version_of(const runtime::KindFacts& kind) {
  return text::cat(kind.names.group, "/", kind.names.version);
}

/// nullopt: the server does not serve the kind.
asio::awaitable<std::optional<Found>> find_objects(
    Session& session, const Query& query, const runtime::KindFacts& kind
) {
  Found found;
  found.kind = &kind;
  std::string api_version = api_version_of(kind);
  std::string kind_name{kind.names.kind};
  const auto resource = co_await session.mapper().find(std::move(api_version), std::move(kind_name));
  if (!resource) co_return std::nullopt;
  if (query.name.empty()) {
    found.objects = co_await list_all(session, query, *resource);
  } else {
    const kube::ObjectKey key{query.namespace_, query.name};
    auto object = co_await session.client().get(*resource, key);
    if (object) found.objects.push_back(std::move(object->document()));
  }
  co_return found;
}

/// Without what only the API server's bookkeeping needs, as kubectl shows it.
json::Value for_people(json::Value object) {
  if (auto* metadata = object.find("metadata")) metadata->erase("managedFields");
  return object;
}

void print_table(const Found& found, const Query& query, const Terminal& terminal) {
  std::vector<std::string> headings;
  if (query.namespace_.empty()) headings.emplace_back("NAMESPACE");
  headings.emplace_back("NAME");
  for (const auto& column : found.kind->columns) headings.emplace_back(column.heading);
  headings.emplace_back("READY");
  headings.emplace_back("MESSAGE");
  Table table{headings};
  for (const auto& object : found.objects) {
    std::vector<Table::Cell> row;
    if (query.namespace_.empty()) row.emplace_back(std::string{object.text_at({"metadata", "namespace"})});
    std::string name{object.text_at({"metadata", "name"})};
    if (query.is_all_kinds) name = text::cat(text::lower(found.kind->names.kind), "/", name);
    row.emplace_back(std::move(name));
    for (auto& cell : cells(*found.kind, object)) row.push_back(std::move(cell));
    auto ready = readiness(object);
    row.emplace_back(std::move(ready.status), ready.colour);
    row.emplace_back(std::move(ready.message));
    table.add(std::move(row));
  }
  table.print(terminal);
}

void print_documents(std::vector<Found> all, const Query& query, const Terminal& terminal) {
  if (!query.name.empty()) {
    print_document(for_people(std::move(all.front().objects.front())), query.output, terminal);
    return;
  }
  auto items = json::Value::array();
  for (auto& found : all) {
    for (auto& object : found.objects) items.push_back(for_people(std::move(object)));
  }
  const auto list = json::Value::object({{"apiVersion", "v1"}, {"kind", "List"}, {"items", std::move(items)}});
  print_document(list, query.output, terminal);
}

asio::awaitable<int> get(Session& session, const Query& query, const Terminal& terminal) {
  std::vector<Found> all;
  std::size_t count = 0;
  for (const auto* kind : query.kinds) {
    auto found = co_await find_objects(session, query, *kind);
    if (!found && query.is_all_kinds) continue;
    if (!found) {
      terminal.err << "weir get: the cluster does not serve " << kind->names.kind << " (" << api_version_of(*kind)
                   << "): `weir crds apply` installs it\n";
      co_return kRefused;
    }
    count += found->objects.size();
    all.push_back(std::move(*found));
  }
  if (count == 0 && !query.name.empty()) {
    terminal.err << "weir get: " << query.kinds.front()->names.kind << " " << text::quoted(query.name)
                 << " not found in namespace " << text::quoted(query.namespace_) << "\n";
    co_return kRefused;
  }
  if (query.output != Output::kTable) {
    print_documents(std::move(all), query, terminal);
    co_return 0;
  }
  if (count == 0) {
    const std::string place =
        query.namespace_.empty() ? "any namespace" : text::cat("namespace ", text::quoted(query.namespace_));
    terminal.err << "no " << (query.is_all_kinds ? "objects" : query.kinds.front()->names.plural) << " in " << place
                 << "\n";
  }
  bool is_first = true;
  for (const auto& found : all) {
    if (found.objects.empty()) continue;
    if (!is_first) terminal.out << "\n";
    is_first = false;
    print_table(found, query, terminal);
  }
  co_return 0;
}

int run(Controllers known, const Given& given, const Terminal& terminal) {
  auto query = read_query(known, given);
  if (query.has_error()) return refuse_usage("get", query.error().text(), terminal);
  Session session{given};
  if (!given.has("all-namespaces")) query->namespace_ = session.namespace_();
  const auto work = [&] { return get(session, *query, terminal); };
  return session.run(work);
}

}  // namespace

Command get_command(std::span<const runtime::ControllerFacts> controllers) {
  Command command{"get", "show sources, kustomizations and image objects", usage(controllers), {}, {"all"}, {}};
  command.run = [controllers](const Given& given, const Terminal& terminal) {
    return run(controllers, given, terminal);
  };
  command.flags = with_session_flags(
      {{"all-namespaces", 'A', "", "objects of every namespace"},
       kOutputFlag,
       {"selector", 'l', "LABELS", "only objects with these labels, like app=web,tier!=test"}}
  );
  for (const auto* kind : shown_kinds(controllers)) command.words.push_back(kind->names.plural);
  return command;
}

}  // namespace weir::cli
