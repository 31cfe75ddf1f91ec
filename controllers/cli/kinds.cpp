#include "controllers/cli/kinds.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"

namespace weir::cli {
namespace {

constexpr std::size_t kShortestHash = 40;
constexpr std::size_t kShownHash = 8;

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

Table::Cell suspended(const json::Value& object) {
  const auto* value = object.find_path({"spec", "suspend"});
  const bool is_suspended = value != nullptr && *value == json::Value{true};
  return {is_suspended ? "True" : "False", is_suspended ? Colour::kYellow : Colour::kNone};
}

std::string at(const json::Value& object, std::initializer_list<std::string_view> path) {
  return std::string{object.text_at(path)};
}

std::vector<Table::Cell> git_cells(const json::Value& object) {
  return {shorten_hashes(at(object, {"status", "artifact", "revision"})), suspended(object)};
}

std::vector<Table::Cell> kustomization_cells(const json::Value& object) {
  return {shorten_hashes(at(object, {"status", "lastAppliedRevision"})), suspended(object)};
}

std::vector<Table::Cell> image_repository_cells(const json::Value& object) {
  return {at(object, {"status", "lastScanResult", "scanTime"}), suspended(object)};
}

std::vector<Table::Cell> image_policy_cells(const json::Value& object) {
  return {at(object, {"status", "latestRef", "name"}), at(object, {"status", "latestRef", "tag"})};
}

std::vector<Table::Cell> image_update_cells(const json::Value& object) {
  return {at(object, {"status", "lastAutomationRunTime"}), suspended(object)};
}

const std::vector<ShownKind>& kinds() {
  static const std::vector<ShownKind> kKinds{
      {"source.toolkit.fluxcd.io/v1",
       "GitRepository",
       "gitrepositories",
       {"gitrepository", "gitrepo", "git"},
       {"REVISION", "SUSPENDED"},
       git_cells},
      {"kustomize.toolkit.fluxcd.io/v1",
       "Kustomization",
       "kustomizations",
       {"kustomization", "ks"},
       {"REVISION", "SUSPENDED"},
       kustomization_cells},
      {"image.toolkit.fluxcd.io/v1",
       "ImageRepository",
       "imagerepositories",
       {"imagerepository", "imgrepo", "imagerepo"},
       {"LAST SCAN", "SUSPENDED"},
       image_repository_cells},
      {"image.toolkit.fluxcd.io/v1",
       "ImagePolicy",
       "imagepolicies",
       {"imagepolicy", "imgpol", "imagepol"},
       {"IMAGE", "TAG"},
       image_policy_cells},
      {"image.toolkit.fluxcd.io/v1",
       "ImageUpdateAutomation",
       "imageupdateautomations",
       {"imageupdateautomation", "iua", "imgupd", "imgauto"},
       {"LAST RUN", "SUSPENDED"},
       image_update_cells},
  };
  return kKinds;
}

}  // namespace

std::span<const ShownKind> shown_kinds() { return kinds(); }

const ShownKind* find_kind(std::string_view word) {
  const std::string wanted = text::lower(word);
  for (const auto& kind : kinds()) {
    if (kind.plural == wanted || std::ranges::find(kind.aliases, wanted) != kind.aliases.end()) return &kind;
  }
  return nullptr;
}

Readiness readiness(const json::Value& object) {
  const auto* conditions = object.find_path({"status", "conditions"});
  if (conditions != nullptr && conditions->is_array()) {
    for (const auto& condition : conditions->as_array()) {
      if (condition.text_at({"type"}) != "Ready") continue;
      Readiness out;
      out.status = condition.text_at({"status"});
      out.message = shorten_hashes(condition.text_at({"message"}));
      out.colour = out.status == "True" ? Colour::kGreen : out.status == "False" ? Colour::kRed : Colour::kYellow;
      return out;
    }
  }
  return {"False", "waiting to be reconciled", Colour::kRed};
}

std::string shorten_hashes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && is_hex(text[end])) ++end;
    const bool is_word = i == 0 || std::isalnum(static_cast<unsigned char>(text[i - 1])) == 0;
    out += text.substr(i, is_word && end - i >= kShortestHash ? kShownHash : std::max<std::size_t>(end - i, 1));
    i = std::max(end, i + 1);
  }
  return out;
}

}  // namespace weir::cli
