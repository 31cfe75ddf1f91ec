// Image markers: whatever the file, bytes outside the changed values stay, the result is read as meant, and a second
// run changes nothing. The first byte chooses the policies' images.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/image_automation/setters.hpp"
#include "pkg/yaml/source.hpp"
#include "test/fuzz/require.hpp"

namespace {

using namespace weir;
using image_automation::ImageReference;
using image_automation::Policies;

ImageReference image(std::string name, std::string tag, std::string digest) {
  ImageReference out;
  out.name = std::move(name);
  out.tag = std::move(tag);
  out.digest = std::move(digest);
  return out;
}

Policies policies(std::uint8_t choice) {
  static const char* const kTags[] = {
      "1.0", "v1", "true", "on", "1e3", "2024-01-02", "~", "it's\"\\", "-", "0x1f", "#1", "[a]", "&x", "a:b", "<<", ""};
  return {
      {"n:p", image("ghcr.io/o/p", kTags[choice % 16], choice % 3 == 0 ? "sha256:0" : "")},
      {"n:q", image("q", "2", "")}};
}

std::vector<std::string> values_of(std::string_view text) {
  yaml::Arena arena;
  yaml::ParseOptions options;
  const auto source = yaml::read_source(text, arena, options);
  require(source.has_value());
  std::vector<std::string> out;
  for (const auto& scalar : source->scalars) out.emplace_back(scalar.node->value);
  return out;
}

/// Each change's place in the input, in order: whatever is between those places must stand in the output, in order.
void require_rest_unchanged(
    std::string_view before, std::string_view after, const std::vector<image_automation::Change>& changes
) {
  yaml::Arena arena;
  const auto source = yaml::read_source(before, arena);
  require(source.has_value());
  std::size_t kept_from = 0, at = 0;
  std::size_t next = 0;
  const auto keep = [&](std::size_t end) {
    const auto piece = before.substr(kept_from, end - kept_from);
    const auto found = after.find(piece, at);
    require(found != after.npos);
    if (next == 0) require(found == 0);
    at = found + piece.size();
  };
  for (const auto& scalar : source->scalars) {
    if (next == changes.size()) break;
    const auto& change = changes[next];
    // The same line and text twice: which one it was shows in what is kept.
    if (scalar.line != change.line || scalar.node->value != change.old_value) continue;
    if (scalar.line_comment == scalar.kNoComment && scalar.head_comment == scalar.kNoComment) continue;
    keep(scalar.node_offset);
    // Of a block scalar the header's comment and the empty lines at its end stay too.
    kept_from = scalar.offset + scalar.length;
    ++next;
  }
  require(next == changes.size());
  const auto rest = before.substr(kept_from);
  require(after.size() >= at + rest.size() && after.ends_with(rest));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Policies known = policies(data[0]);
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto edit = image_automation::apply_setters("f.yaml", text, known);
  for (const auto& note : edit.notes) require(note.line > 0 && note.message.starts_with("f.yaml:"));
  if (!edit.changed) {
    require(edit.changes.empty() && edit.content.empty());
    return 0;
  }
  require(!edit.changes.empty());

  const auto before = values_of(text);
  const auto after = values_of(edit.content);
  require(before.size() == after.size());
  std::size_t differing = 0;
  for (std::size_t i = 0; i < before.size(); ++i)
    if (before[i] != after[i]) ++differing;
  require(differing == edit.changes.size());
  require_rest_unchanged(text, edit.content, edit.changes);

  const auto again = image_automation::apply_setters("f.yaml", edit.content, known);
  require(!again.changed);
  require(again.notes.size() == edit.notes.size());
  return 0;
}
