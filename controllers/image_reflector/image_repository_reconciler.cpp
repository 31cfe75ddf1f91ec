#include "controllers/image_reflector/image_repository_reconciler.hpp"

#include <algorithm>
#include <set>

#include "controllers/image_reflector/registry.hpp"
#include "pkg/async/errors.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/text.hpp"

namespace weir::image_reflector {
namespace {

namespace reason = api::image::reason;
using runtime::Context;
using runtime::Done;
using runtime::Failed;
using runtime::Next;
using runtime::Outcome;
using runtime::ReasonedError;
using runtime::Severity;
using runtime::Stall;

constexpr std::size_t kShownTags = 10;
constexpr std::string_view kScanPrefix = "scan failed: ";

std::set<std::string> as_set(const std::vector<std::string>& list) { return {list.begin(), list.end()}; }

}  // namespace

TagKey tag_key(const ImageRepository& object) {
  return TagKey{object.metadata.namespace_, object.metadata.name, object.metadata.uid};
}

struct ImageRepositoryReconciler::Run {
  explicit Run(ImageRepository& object_) : object{object_} {}

  ImageRepository& object;
  oci::Repository name;
  std::vector<regex::Regex> exclusions;
  TagDatabase::Snapshot known;
  oci::TagListing listing;
};

const ImageRepositoryReconciler::Step ImageRepositoryReconciler::kSteps[] = {
    {"spec", &ImageRepositoryReconciler::check_spec, api::condition::kReady, reason::kFailure},
    {"decide", &ImageRepositoryReconciler::decide, api::condition::kReady, reason::kFailure},
    {"scan", &ImageRepositoryReconciler::scan, api::condition::kReady, reason::kReadOperationFailed},
    {"store", &ImageRepositoryReconciler::store, api::condition::kReady, reason::kReadOperationFailed},
};

asio::awaitable<Outcome> ImageRepositoryReconciler::reconcile(Context& context, ImageRepository& object) {
  Run run{object};
  co_return co_await runtime::run_steps(*this, kSteps, context, run);
}

asio::awaitable<Outcome> ImageRepositoryReconciler::check_spec(Context&, Run& run) {
  const auto& spec = run.object.spec;
  if (const auto problem = access::provider_problem(registry_settings(run.object)))
    co_return Stall{problem->reason, problem->message};
  auto name = oci::parse_repository(spec.image);
  if (name.has_error()) co_return Stall{reason::kImageUrlInvalid, name.error().text()};
  run.name = std::move(*name);
  for (std::size_t i = 0; i < spec.exclusion_list.size(); ++i) {
    auto exclusion = regex::Regex::compile(spec.exclusion_list[i]);
    if (exclusion.has_error()) {
      co_return Stall{api::reason::kInvalidSpec, text::cat("spec.exclusionList[", i, "]: ", exclusion.error().text())};
    }
    run.exclusions.push_back(std::move(*exclusion));
  }
  co_return Next{};
}

asio::awaitable<Outcome> ImageRepositoryReconciler::decide(Context& context, Run& run) {
  auto& object = run.object;
  const auto& status = object.status;
  run.known = co_await parts_.tags.find(tag_key(object));
  // Tags of another image are of no use, nor are those of a scan that could not tell of them: with which exclusions?
  const bool is_told = run.known && run.known->image() == run.name.text() && status.last_scan_result &&
                       status.last_scan_result->revision == run.known->tags().revision();
  if (!is_told) run.known = nullptr;
  const auto interval = object.spec.interval.milliseconds();
  std::string_view why;
  Milliseconds remaining{0};
  if (!status.last_scan_result) {
    why = "first scan";
  } else if (api::is_requested(object.metadata, status.last_handled_reconcile_at)) {
    why = "reconcile requested";
  } else if (status.canonical_image_name != run.name.text()) {
    why = "new image name";
  } else if (as_set(status.observed_exclusion_list) != as_set(object.spec.exclusion_list)) {
    why = "updated exclusion list";
  } else if (!run.known) {
    why = "no tags in database";
  } else {
    const auto last = parse_rfc3339(status.last_scan_result->scan_time);
    if (last.has_value()) {
      remaining = std::chrono::duration_cast<Milliseconds>(*last + interval - context.clock.wall_now());
    }
    // Passes are spread around the interval; one that comes early is meant all the same.
    const auto slack = std::chrono::duration_cast<Milliseconds>(interval * parts_.jitter) + std::chrono::seconds{1};
    if (remaining < slack || remaining > interval) why = "triggered by interval";
  }
  // After a failure there is nothing good to keep until the interval ends.
  if (why.empty() && !api::is_condition_true(status.conditions, api::condition::kReady)) why = "retry";
  if (why.empty()) co_return Done{remaining};
  context.log.debug("scanning", {{"why", why}, {"image", run.name.text()}});
  co_return Next{};
}

asio::awaitable<oci::TagListing> ImageRepositoryReconciler::list(
    const ImageRepository& object, const oci::Repository& name, std::string known_etag, const log::Logger& log
) {
  const auto registry = co_await open_registry(parts_.registries, object, name, log);
  co_return co_await registry->client().list_tags(std::move(known_etag));
}

asio::awaitable<Outcome> ImageRepositoryReconciler::scan(Context& context, Run& run) {
  std::exception_ptr failure;
  std::optional<Milliseconds> again_after;
  const auto key = kube::key_of(run.object);
  // What is kept has gone through the exclusions of that time: with others the whole list is needed.
  const bool is_usable =
      run.known && as_set(run.object.status.observed_exclusion_list) == as_set(run.object.spec.exclusion_list);
  const auto known = etags_.find(key);
  const std::string etag = is_usable && known != etags_.end() ? known->second : "";
  try {
    auto listing = list(run.object, run.name, etag, context.log);
    run.listing = co_await async::with_timeout(run.object.spec.effective_timeout().milliseconds(), std::move(listing));
  } catch (const ReasonedError&) {
    throw;
  } catch (const oci::RegistryError& error) {
    failure = std::current_exception();
    again_after = error.retry_after();
  } catch (...) {
    failure = std::current_exception();
  }
  // Until the tags are stored, what is stored is not what the registry's new ETag stands for.
  etags_.erase(key);
  if (!failure) co_return Next{};
  if (async::is_cancelled(failure)) std::rethrow_exception(failure);
  co_return Failed{reason::kReadOperationFailed, text::cat(kScanPrefix, async::describe(failure)), again_after};
}

asio::awaitable<Outcome> ImageRepositoryReconciler::store(Context& context, Run& run) {
  auto& object = run.object;
  const auto& lines = run.listing.lines;
  const auto& exclusions = run.exclusions;
  const auto& known = run.known;
  const std::string image = run.name.text();
  auto sort = [&lines, &exclusions, &known, &image](std::stop_token) -> TagDatabase::Snapshot {
    auto tags = TagList::make(lines, exclusions);
    if (known && known->tags().revision() == tags->revision()) return known;
    return std::make_shared<const TagSnapshot>(image, std::move(tags));
  };
  auto snapshot = run.known;
  if (!run.listing.is_unchanged) snapshot = co_await parts_.cpu.run(std::move(sort));
  const bool is_new = snapshot != run.known;
  if (is_new) co_await parts_.tags.put(tag_key(object), snapshot);
  etags_[kube::key_of(object)] = run.listing.etag;

  const auto& tags = snapshot->tags();
  api::image::ScanResult result;
  result.tag_count = static_cast<std::int64_t>(tags.size());
  result.revision = tags.revision();
  result.scan_time = to_rfc3339(context.clock.wall_now());
  for (std::size_t i = 0; i < std::min(kShownTags, tags.size()); ++i) result.latest_tags.emplace_back(tags.tags()[i]);
  object.status.last_scan_result = std::move(result);
  object.status.canonical_image_name = image;
  object.status.observed_exclusion_list = object.spec.exclusion_list;
  if (is_new) context.log.info("tags changed", {{"tags", tags.size()}, {"revision", tags.revision()}});
  co_return Done{object.spec.interval.milliseconds()};
}

void ImageRepositoryReconciler::mark_done(Context& context, ImageRepository& object) {
  const auto& result = *object.status.last_scan_result;
  const std::string message =
      text::cat("successful scan: found ", result.tag_count, " tags with checksum ", result.revision);
  const bool is_news = runtime::mark_ready(
      runtime::parts_of(object), rules_, api::reason::kSucceeded, message, context.clock.wall_now()
  );
  if (is_news) context.events.send(Severity::kInfo, api::reason::kSucceeded, message);
}

asio::awaitable<Outcome> ImageRepositoryReconciler::finalize(Context& context, ImageRepository& object) {
  co_await parts_.tags.remove(tag_key(object));
  context.log.info("tags deleted");
  co_return Done{Milliseconds{0}};
}

}  // namespace weir::image_reflector
