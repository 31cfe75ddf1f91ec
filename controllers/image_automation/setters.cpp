#include "controllers/image_automation/setters.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/base/trial.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/yaml/emitter.hpp"
#include "pkg/yaml/scalar.hpp"
#include "pkg/yaml/source.hpp"

namespace weir::image_automation {
namespace {

using yaml::SourceComment;
using yaml::SourceScalar;
using yaml::Style;

constexpr std::string_view kKey = "$imagepolicy";
constexpr std::string_view kQuotedKey = "\"$imagepolicy\"";
constexpr std::string_view kLegacyPrefix = "#/definitions/io.k8s.cli.setters.";
constexpr std::string_view kPartNames = "[:tag|:name|:digest]";

/// What a comment says.
struct Marker {
  enum class Kind { kNone, kSetter, kMalformed };
  Kind kind = Kind::kNone;
  std::string setter;
  std::string problem;  // of a malformed one
};

Marker malformed(std::string problem) { return {Marker::Kind::kMalformed, {}, std::move(problem)}; }

/// "ns:name" and the part behind it.
struct Setter {
  std::string_view policy;
  std::string_view part;  // "", "tag", "name", "digest"
};

std::optional<Setter> parse_setter(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == text.npos || colon == 0) return std::nullopt;
  const auto second = text.find(':', colon + 1);
  Setter setter{text.substr(0, second), {}};
  if (setter.policy.size() == colon + 1) return std::nullopt;
  if (second == text.npos) return setter;
  setter.part = text.substr(second + 1);
  if (setter.part != "tag" && setter.part != "name" && setter.part != "digest") return std::nullopt;
  return setter;
}

/// @param is_at_value  the comment belongs to a value, so that even words before the marker were meant for it
Marker read_marker(std::string_view comment, bool is_at_value) {
  const bool has_key = comment.find(kQuotedKey) != comment.npos;
  if (!has_key && comment.find(kLegacyPrefix) == comment.npos) return {};
  comment.remove_prefix(std::min(comment.find_first_not_of('#'), comment.size()));
  comment = text::trim(comment);
  if (!comment.starts_with('{')) {
    // "# image: web:1.0 # {...}" is a line that somebody has switched off.
    if (!has_key || !is_at_value) return {};
    return malformed("expected nothing but the marker in the comment");
  }
  const auto json = json::parse(comment);
  if (!json) {
    if (!has_key) return {};
    return malformed(text::cat("expected a JSON object like {\"$imagepolicy\": \"ns:name\"}: ", json.error().message));
  }
  for (const auto& [key, value] : json->as_object()) {
    if (value.is_string() || !has_key) continue;
    return malformed(text::cat(
        "expected texts only in the JSON object, ", text::quoted(key), " is ", json::describe_kind(value.kind())
    ));
  }
  if (const auto value = json->text_at({kKey}); !value.empty()) {
    if (!parse_setter(value))
      return malformed(text::cat("expected ns:name", kPartNames, " in the marker, got ", text::quoted(value)));
    return {Marker::Kind::kSetter, std::string{value}, {}};
  }
  auto reference = json->text_at({"$ref"});
  if (reference.starts_with(kLegacyPrefix)) {
    reference.remove_prefix(kLegacyPrefix.size());
    // Others use such setters for their own ends; theirs have no colon in the name.
    if (parse_setter(reference)) return {Marker::Kind::kSetter, std::string{reference}, {}};
    if (reference.find(':') != reference.npos)
      return malformed(text::cat("expected ns:name", kPartNames, " in the marker, got ", text::quoted(reference)));
    return {};
  }
  if (has_key) return malformed("the marker names no policy");
  return {};
}

std::string new_text(const ImageReference& image, std::string_view part) {
  if (part == "tag") return image.tag;
  if (part == "name") return image.name;
  if (part == "digest") return image.digest;
  return image.text();
}

/// Image references have no blanks and nothing that is not ASCII, so no text from elsewhere can leave its place.
bool is_reference_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
}

// -- scalars as YAML -----------------------------------------------------------------------------------------------

bool can_stand_plain(std::string_view text, bool is_in_flow) {
  if (text.empty() || text == "<<" || text == "=") return false;
  if (yaml::is_yaml11_non_string(text) || yaml::is_base60(text)) return false;
  if (yaml::resolve_tag(text, yaml::Typing::kCore) != yaml::Tag::kString) return false;
  if (!is_in_flow) return yaml::can_be_plain(text, false);
  // can_be_plain forbids every colon inside brackets; those of name:tag and host:port/name are harmless.
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_inner = i > 0 && i + 1 < text.size() && is_word(text[i + 1]);
    if (is_word(text[i]) || (is_inner && std::string_view{":/@._-+"}.find(text[i]) != std::string_view::npos)) continue;
    return yaml::can_be_plain(text, true);
  }
  return true;
}

std::string double_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

/// One replacement of bytes.
struct Splice {
  std::size_t offset = 0;
  std::size_t length = 0;
  std::string text;
};

bool is_break(char c) { return c == '\n' || c == '\r'; }

/// The end of the line that `offset` lies in, without its break.
std::size_t line_end(std::string_view content, std::size_t offset) {
  return std::min(content.find_first_of("\r\n", offset), content.size());
}

std::size_t skip_break(std::string_view content, std::size_t offset) {
  if (content.substr(offset).starts_with("\r\n")) return offset + 2;
  return offset < content.size() && is_break(content[offset]) ? offset + 1 : offset;
}

/// Keeps the header, its comment, the indentation and the empty lines at the end; the value gets no line break.
void splice_block_scalar(
    std::string_view content, const SourceScalar& scalar, std::string_view text, std::vector<Splice>& out
) {
  const std::size_t end = scalar.offset + scalar.length;
  const std::size_t header_end = std::min(content.find_first_not_of("|>+-0123456789", scalar.offset), end);
  const std::size_t body = skip_break(content, line_end(content, header_end));
  std::size_t body_end = body;  // of the last line that is more than indentation
  for (std::size_t line = body; line < end;) {
    const std::size_t stop = std::min(line_end(content, line), end);
    const auto bytes = content.substr(line, stop - line);
    if (bytes.size() > scalar.indent || bytes.find_first_not_of(' ') != bytes.npos) body_end = stop;
    const std::size_t next = skip_break(content, stop);
    if (next == line) break;
    line = next;
  }
  if (text.empty() || body_end == body) {
    out.push_back({scalar.offset, header_end - scalar.offset, double_quoted(text)});
    if (body_end > body) out.push_back({body, std::min(skip_break(content, body_end), end) - body, {}});
    return;
  }
  std::string header{content[scalar.offset]};
  for (const char c : content.substr(scalar.offset + 1, header_end - scalar.offset - 1))
    if (c != '+' && c != '-') header += c;
  header += '-';
  out.push_back({scalar.offset, header_end - scalar.offset, std::move(header)});
  out.push_back({body, body_end - body, std::string(scalar.indent, ' ').append(text)});
}

/// A tag that says the value is no text would make the new one unreadable. It is replaced, not dropped, because a
/// comment may stand between it and the value.
void splice_tag(std::string_view content, const SourceScalar& scalar, std::vector<Splice>& out) {
  using yaml::Tag;
  if (!scalar.node->is_tagged || scalar.node->tag == Tag::kString || scalar.node->tag == Tag::kOther) return;
  const auto before = content.substr(scalar.node_offset, scalar.offset - scalar.node_offset);
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] != '!' || (i > 0 && before[i - 1] != ' ' && before[i - 1] != '\t' && !is_break(before[i - 1])))
      continue;
    const auto end = std::min(before.find_first_of(" \t\r\n", i), before.size());
    out.push_back({scalar.node_offset + i, end - i, "!!str"});
    return;
  }
}

void splice_scalar(
    std::string_view content, const SourceScalar& scalar, std::string_view text, std::vector<Splice>& out
) {
  splice_tag(content, scalar, out);
  switch (scalar.node->style) {
    case Style::kLiteral:
    case Style::kFolded: return splice_block_scalar(content, scalar, text, out);
    case Style::kSingleQuoted:
      out.push_back({scalar.offset, scalar.length, text::cat("'", text::replace_all(text, "'", "''"), "'")});
      return;
    case Style::kDoubleQuoted: out.push_back({scalar.offset, scalar.length, double_quoted(text)}); return;
    default:
      out.push_back(
          {scalar.offset,
           scalar.length,
           can_stand_plain(text, scalar.is_in_flow) ? std::string{text} : double_quoted(text)}
      );
  }
}

std::string splice(std::string_view content, const std::vector<Splice>& splices) {
  std::string out;
  out.reserve(content.size() + splices.size() * 16);
  std::size_t from = 0;
  for (const Splice& part : splices) {
    out += content.substr(from, part.offset - from);
    out += part.text;
    from = part.offset + part.length;
  }
  return out += content.substr(from);
}

// -- documents -----------------------------------------------------------------------------------------------------

/// The document, or the item of a List that the pointer leads into.
ObjectIdentifier object_at(const yaml::Node& document, std::string_view pointer) {
  const yaml::Node* object = &document;
  constexpr std::string_view kItems = "/items/";
  const yaml::Node* items = document.find("items");
  if (document.text_at("kind") == "List" && items != nullptr && items->is_sequence() && pointer.starts_with(kItems)) {
    std::size_t index = 0;
    std::from_chars(pointer.data() + kItems.size(), pointer.data() + pointer.size(), index);
    if (index < items->content.size()) object = items->content[index];
  }
  ObjectIdentifier id;
  id.api_version = object->text_at("apiVersion");
  id.kind = object->text_at("kind");
  if (const yaml::Node* metadata = object->find("metadata")) {
    id.name = metadata->text_at("name");
    id.ns = metadata->text_at("namespace");
  }
  return id;
}

/// The line in "path:line:column", 1 when there is none.
std::size_t line_of(std::string_view where, std::string_view path) {
  std::size_t line = 1;
  if (where.size() > path.size()) std::from_chars(where.data() + path.size() + 1, where.data() + where.size(), line);
  return line;
}

/// What reading a file, reading it once more when it is edited, and its changes may take. A byte of YAML can take two
/// hundred.
constexpr std::size_t kMostMemory = 64u << 20;
/// The same during a trial: of several that run at once.
constexpr std::size_t kTrialMemory = 16u << 20;

class Setting {
 public:
  Setting(std::string_view path, std::string_view content, const Policies& policies)
      : path_{path}, content_{content}, policies_{policies} {}

  Edit run() {
    try {
      return set();
    } catch (const yaml::ArenaFull&) {
      if (is_trial()) throw TrialTooSmall{};
      edit_ = {};
      note_unreadable(1, text::cat("takes more than ", kMostMemory >> 20, " MiB of memory"));
      return std::move(edit_);
    }
  }

 private:
  Edit set() {
    yaml::ParseOptions options;
    options.source = path_;
    const auto source = yaml::read_source(content_, arena_, options);
    if (!source) {
      const auto& error = source.error();
      note_unreadable(
          line_of(error.where, path_), text::cat("is no YAML, so nothing in it is updated: ", error.message)
      );
      return std::move(edit_);
    }
    std::vector<bool> is_used(source->comments.size());
    for (const SourceScalar& scalar : source->scalars) {
      const std::size_t comment = comment_of(scalar);
      if (comment == SourceScalar::kNoComment) continue;
      is_used[comment] = true;
      visit(*source, scalar, source->comments[comment]);
    }
    for (std::size_t i = 0; i < is_used.size(); ++i)
      if (!is_used[i]) check_unused(source->comments[i]);
    if (!splices_.empty()) finish(*source);
    std::ranges::stable_sort(edit_.notes, {}, &Note::line);
    return std::move(edit_);
  }

  void note_unreadable(std::size_t line, std::string_view why) {
    edit_.notes.push_back(
        {Note::Reason::kUnparsableFile,
         std::string{path_},
         line,
         {},
         text::cat(path_, ":", line, ": the file has markers but ", why)}
    );
  }

  /// The comment that may be a value's marker: the one behind it, else the one line above.
  static std::size_t comment_of(const SourceScalar& scalar) {
    if (scalar.line_comment != SourceScalar::kNoComment) return scalar.line_comment;
    return scalar.head_comment_lines == 1 ? scalar.head_comment : SourceScalar::kNoComment;
  }

  void visit(const yaml::Source& source, const SourceScalar& scalar, const SourceComment& comment) {
    Marker marker = read_marker(comment.text, true);
    if (marker.kind == Marker::Kind::kNone) return;
    if (marker.kind == Marker::Kind::kMalformed)
      return note(Note::Reason::kMalformedMarker, comment.line, {}, marker.problem);
    const auto setter = parse_setter(marker.setter);
    const auto policy = policies_.find(setter->policy);
    if (policy == policies_.end())
      return note(
          Note::Reason::kUnknownPolicy,
          comment.line,
          marker.setter,
          text::cat(
              "the marker names ",
              text::quoted(setter->policy),
              ", which is no policy of this automation with a latest image"
          )
      );
    std::string text = new_text(policy->second, setter->part);
    if (!is_reference_text(text))
      return note(
          Note::Reason::kRefusedValue, comment.line, marker.setter, "the policy's latest image is no image reference"
      );
    if (text == scalar.node->value) return;
    splice_scalar(content_, scalar, text, splices_);
    offsets_.push_back(scalar.offset);
    Change change{
        object_at(*source.documents[scalar.document], scalar.pointer),
        std::string{scalar.node->value},
        std::move(text),
        std::move(marker.setter),
        scalar.line};
    // Each holds its object's name, however long that is.
    const auto& id = change.object;
    arena_.charge(
        sizeof(Change) + id.api_version.size() + id.kind.size() + id.name.size() + id.ns.size() +
        change.old_value.size()
    );
    edit_.changes.push_back(std::move(change));
  }

  /// Reads the edited file once more: what does not say what was meant is not handed out. Layouts are known in which a
  /// quoted text cannot stand where a plain one can.
  void finish(const yaml::Source& before) {
    std::string content = splice(content_, splices_);
    const auto after = yaml::read_source(content, arena_);
    bool is_as_meant = after && after->scalars.size() == before.scalars.size();
    auto change = edit_.changes.begin();
    for (std::size_t i = 0; is_as_meant && i < before.scalars.size(); ++i) {
      const SourceScalar& scalar = before.scalars[i];
      const bool is_changed = change != edit_.changes.end() &&
                              offsets_[static_cast<std::size_t>(change - edit_.changes.begin())] == scalar.offset;
      const std::string_view expected = is_changed ? std::string_view{change->new_value} : scalar.node->value;
      is_as_meant = after->scalars[i].node->value == expected;
      if (is_changed) ++change;
    }
    if (is_as_meant) {
      edit_.changed = true;
      edit_.content = std::move(content);
      return;
    }
    const std::size_t line = edit_.changes.front().line;
    edit_.changes.clear();
    note(
        Note::Reason::kRefusedValue,
        line,
        {},
        "the file would not be read as meant after the update; write the value in quotes"
    );
  }

  void check_unused(const SourceComment& comment) {
    Marker marker = read_marker(comment.text, false);
    if (marker.kind == Marker::Kind::kMalformed) note(Note::Reason::kMalformedMarker, comment.line, {}, marker.problem);
    if (marker.kind == Marker::Kind::kSetter)
      note(
          Note::Reason::kMisplacedMarker,
          comment.line,
          std::move(marker.setter),
          "no value belongs to this marker: it must stand behind a value, or alone on the line above a list item"
      );
  }

  void note(Note::Reason reason, std::size_t line, std::string setter, std::string_view problem) {
    arena_.charge(sizeof(Note) + path_.size() + setter.size() + problem.size());
    edit_.notes.push_back(
        {reason, std::string{path_}, line, std::move(setter), text::cat(path_, ":", line, ": ", problem)}
    );
  }

  std::string_view path_;
  std::string_view content_;
  const Policies& policies_;
  yaml::Arena arena_{is_trial() ? kTrialMemory : kMostMemory};
  Edit edit_;
  std::vector<Splice> splices_;       // in the order of the text
  std::vector<std::size_t> offsets_;  // of the scalars that edit_.changes tells of
};

}  // namespace

bool may_have_markers(std::string_view content) {
  // "$" is rare in manifests, so this looks for it and then at what is around.
  for (auto i = content.find('$'); i != content.npos; i = content.find('$', i + 1)) {
    if (i == 0 || content[i - 1] != '"') continue;
    const auto rest = content.substr(i - 1);
    if (rest.starts_with(kQuotedKey)) return true;
    if (rest.starts_with("\"$ref\"") && rest.find(kLegacyPrefix) != rest.npos) return true;
  }
  return false;
}

Edit apply_setters(std::string_view path, std::string_view content, const Policies& policies) {
  if (!may_have_markers(content)) return {};
  return Setting{path, content, policies}.run();
}

std::string resolve_update_path(std::string_view path) {
  std::vector<std::string> steps;
  for (const auto step : text::split(path, '/')) {
    if (step.empty() || step == ".") continue;
    if (step != "..") {
      steps.emplace_back(step);
    } else if (!steps.empty()) {
      steps.pop_back();
    }
  }
  return text::join(steps, "/");
}

bool is_setter_path(std::string_view path, std::string_view root) {
  const bool is_below = root.empty() || path == root || (path.starts_with(root) && path[root.size()] == '/');
  if (!is_below) return false;
  const auto name = path.substr(path.rfind('/') + 1);
  return name.ends_with(".yaml") || name.ends_with(".yml") || name == "Kustomization";
}

}  // namespace weir::image_automation
