#include "controllers/source/artifact_keeper.hpp"

#include <utility>

namespace weir::source {

std::string ArtifactKeeper::folder_of(std::string_view kind, const kube::ObjectKey& object) {
  return artifact::Storage::folder(kind, object.namespace_, object.name);
}

asio::awaitable<bool> ArtifactKeeper::check(
    std::string_view kind, kube::ObjectKey object, std::optional<api::Artifact>& artifact
) {
  if (!artifact) co_return false;
  auto look = [&storage = storage_, folder = folder_of(kind, object), path = artifact->path, digest = artifact->digest](
                  std::stop_token
              ) {
    const bool good = storage.verify(path, digest);
    if (good) storage.collect_garbage(folder, path);
    return good;
  };
  const bool good = co_await io_.run(std::move(look));
  if (good) {
    artifact->url = storage_.url(artifact->path);
  } else {
    artifact.reset();
  }
  co_return good;
}

asio::awaitable<std::optional<std::filesystem::path>> ArtifactKeeper::find(
    std::string_view kind, kube::ObjectKey object, const api::Artifact& artifact
) {
  if (!artifact::Storage::is_of(folder_of(kind, object), artifact.path)) co_return std::nullopt;
  auto look = [&storage = storage_, path = artifact.path, digest = artifact.digest](std::stop_token) {
    return storage.verify(path, digest);
  };
  const bool good = co_await io_.run(std::move(look));
  if (!good) co_return std::nullopt;
  co_return storage_.options().root / artifact.path;
}

std::function<artifact::Stored(std::stop_token)> ArtifactKeeper::storing(
    std::string_view kind,
    const kube::ObjectKey& object,
    std::string file,
    const std::optional<api::Artifact>& previous,
    std::function<void(artifact::ArchiveWriter&, std::stop_token)> fill
) {
  return [&storage = storage_,
          folder = folder_of(kind, object),
          file = std::move(file),
          before = previous ? previous->path : "",
          fill = std::move(fill)](std::stop_token stop) {
    return storage.store(folder, file, before, [&](artifact::ArchiveWriter& writer) { fill(writer, stop); });
  };
}

api::Artifact ArtifactKeeper::describe(const artifact::Stored& stored, std::string revision, WallTime now) const {
  api::Artifact out;
  out.path = stored.path;
  out.url = storage_.url(stored.path);
  out.revision = std::move(revision);
  out.digest = stored.digest;
  out.size = static_cast<std::int64_t>(stored.size_bytes);
  out.last_update_time = to_rfc3339(now);
  return out;
}

asio::awaitable<std::size_t> ArtifactKeeper::remove(std::string_view kind, kube::ObjectKey object) {
  auto work = [&storage = storage_, folder = folder_of(kind, object)](std::stop_token) {
    return storage.remove(folder);
  };
  co_return co_await io_.run(std::move(work));
}

bool is_news(const std::optional<api::Artifact>& artifact, const artifact::Stored& stored, std::string_view revision) {
  return !artifact || artifact->digest != stored.digest || artifact->revision != revision;
}

}  // namespace weir::source
