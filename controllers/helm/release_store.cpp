#include "controllers/helm/release_store.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "api/helm/v2/helm_release.hpp"
#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/storage/release_secret.hpp"
#include "pkg/kube/api_error.hpp"
#include "pkg/runtime/outcome.hpp"

namespace weir::helm_controller {
namespace {

/// What is left for labels and names when a record is measured.
constexpr std::size_t kLargestRecord = helm::kLargestSecret - 1024;

std::int64_t number(std::string_view text) {
  std::int64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

/// Takes from a record what nothing reads: files first, then the templates.
void shrink(helm::StoredRelease& release, bool templates_too) {
  if (!release.chart.is_object()) return;
  release.chart.set("files", nullptr);
  if (templates_too) release.chart.set("templates", nullptr);
}

}  // namespace

ReleaseStore::ReleaseStore(kube::Client client, std::string namespace_, async::BlockingPool& cpu, const Clock& clock)
    : client_{std::move(client)}, namespace_name_{std::move(namespace_)}, cpu_{cpu}, clock_{clock} {}

asio::awaitable<std::vector<ReleaseStore::Entry>> ReleaseStore::list(std::string release) {
  kube::ListOptions options;
  options.namespace_ = namespace_name_;
  options.label_selector = helm::release_selector(release);
  options.detail = kube::Detail::kMetadata;
  const auto secrets = kube::core::secrets();
  std::vector<Entry> out;
  do {
    const auto page = co_await client_.list(secrets, options);
    for (const auto& item : page.items) {
      Entry entry;
      entry.secret = item.text_at({"metadata", "name"});
      entry.version = number(item.text_at({"metadata", "labels", "version"}));
      entry.status = item.text_at({"metadata", "labels", "status"});
      out.push_back(std::move(entry));
    }
    options.continue_token = page.continue_token;
  } while (!options.continue_token.empty());
  std::ranges::sort(out, std::ranges::greater{}, &Entry::version);
  co_return out;
}

asio::awaitable<std::optional<ReleaseStore::Stored>> ReleaseStore::read(std::string secret) {
  const auto secrets = kube::core::secrets();
  const kube::ObjectKey key{namespace_name_, secret};
  auto found = co_await client_.get(secrets, key);
  if (!found) co_return std::nullopt;
  const auto& document = found->document();
  auto work = [&document](std::stop_token) { return helm::read_release_secret(document); };
  auto release = co_await cpu_.run(std::move(work));
  if (!release) throw runtime::ReasonedError{api::helm::reason::kStateError, release.error().text()};
  Stored out;
  out.release = std::move(*release);
  out.resource_version = found->resource_version();
  out.labels = helm::user_labels(document);
  co_return out;
}

asio::awaitable<std::string> ReleaseStore::pack(const helm::StoredRelease& release) {
  auto work = [&release](std::stop_token) {
    std::string packed = helm::pack_release(release);
    for (const bool templates_too : {false, true}) {
      if (packed.size() <= kLargestRecord) break;
      auto smaller = release;
      shrink(smaller, templates_too);
      packed = helm::pack_release(smaller);
    }
    return packed;
  };
  auto packing = cpu_.run(std::move(work));
  co_return co_await std::move(packing);
}

asio::awaitable<std::string> ReleaseStore::create(const helm::StoredRelease& release) {
  const std::string packed = co_await pack(release);
  const kube::Object secret{helm::release_secret(release, packed, namespace_name_, "createdAt", clock_.wall_now())};
  const auto secrets = kube::core::secrets();
  const auto made = co_await client_.create(secrets, secret);
  co_return std::string{made.resource_version()};
}

asio::awaitable<std::string> ReleaseStore::update(const Stored& stored) {
  const std::string packed = co_await pack(stored.release);
  auto document =
      helm::release_secret(stored.release, packed, namespace_name_, "modifiedAt", clock_.wall_now(), stored.labels);
  document["metadata"].set("resourceVersion", stored.resource_version);
  const kube::Object secret{std::move(document)};
  const auto secrets = kube::core::secrets();
  const auto changed = co_await client_.update(secrets, secret);
  co_return std::string{changed.resource_version()};
}

asio::awaitable<void> ReleaseStore::remove(std::string secret) {
  const auto secrets = kube::core::secrets();
  const kube::ObjectKey key{namespace_name_, std::move(secret)};
  const kube::DeleteOptions options;
  co_await client_.remove(secrets, key, options);
}

}  // namespace weir::helm_controller
