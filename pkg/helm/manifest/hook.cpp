#include "pkg/helm/manifest/hook.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::helm {
namespace {

constexpr std::pair<std::string_view, HookEvent> kEvents[] = {
    {"pre-install", HookEvent::kPreInstall},
    {"post-install", HookEvent::kPostInstall},
    {"pre-delete", HookEvent::kPreDelete},
    {"post-delete", HookEvent::kPostDelete},
    {"pre-upgrade", HookEvent::kPreUpgrade},
    {"post-upgrade", HookEvent::kPostUpgrade},
    {"pre-rollback", HookEvent::kPreRollback},
    {"post-rollback", HookEvent::kPostRollback},
    {"test", HookEvent::kTest},
    {"test-success", HookEvent::kTest},  // of Helm 2
};

/// The words of a list with commas, trimmed and in lower case; an empty text is one empty word.
std::vector<std::string> words_of(std::string_view list) {
  std::vector<std::string> out;
  for (const auto word : text::split(list, ',')) out.push_back(text::lower(templates::unicode::trim_space(word)));
  return out;
}

std::vector<std::string> policies(const Head& head, std::string_view annotation) {
  const std::string* value = head.annotation(annotation);
  return value == nullptr ? std::vector<std::string>{} : words_of(*value);
}

std::int64_t weight_of(const Head& head) {
  const std::string* value = head.annotation(kHookWeightAnnotation);
  if (value == nullptr) return 0;
  std::string_view digits = *value;
  if (digits.starts_with('+')) {
    digits.remove_prefix(1);
    if (digits.starts_with('-')) return 0;
  }
  std::int64_t weight = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), weight);
  return failure == std::errc{} && end == digits.data() + digits.size() ? weight : 0;
}

}  // namespace

std::string_view name_of(HookEvent event) {
  return std::ranges::find(kEvents, event, &std::pair<std::string_view, HookEvent>::second)->first;
}

bool Hook::runs_at(HookEvent event) const { return std::ranges::find(events, event) != events.end(); }

std::optional<Hook> read_hook(const Head& head, std::string_view path, std::string_view text) {
  Hook hook;
  hook.name = head.name;
  hook.kind = head.kind;
  hook.path = path;
  hook.text = text;
  for (const auto& word : words_of(*head.annotation(kHookAnnotation))) {
    const auto known =
        std::ranges::find(kEvents, std::string_view{word}, &std::pair<std::string_view, HookEvent>::first);
    if (known == std::end(kEvents)) return std::nullopt;
    hook.events.push_back(known->second);
  }
  hook.weight = weight_of(head);
  hook.delete_policies = policies(head, kHookDeleteAnnotation);
  hook.log_policies = policies(head, kHookLogAnnotation);
  return hook;
}

std::vector<Hook> hooks_of(const std::vector<Hook>& hooks, HookEvent event) {
  std::vector<Hook> out;
  std::ranges::copy_if(hooks, std::back_inserter(out), [&](const Hook& hook) { return hook.runs_at(event); });
  std::ranges::stable_sort(out, [](const Hook& left, const Hook& right) {
    return std::tie(left.weight, left.name) < std::tie(right.weight, right.name);
  });
  return out;
}

}  // namespace weir::helm
