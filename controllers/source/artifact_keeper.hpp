#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "api/meta/v1/artifact.hpp"
#include "pkg/artifact/storage.hpp"
#include "pkg/async/asio.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/kube/object_key.hpp"

namespace weir::source {

/// The artifacts of every kind of source: what a status says of one is only a claim, and the storage decides.
/// Threads: reactor; the storage is used on the io pool.
class ArtifactKeeper {
 public:
  /// References must outlive it.
  ArtifactKeeper(artifact::Storage& storage, async::BlockingPool& io) : storage_{storage}, io_{io} {}

  /// Whether the object's artifact is in storage as its status says. Then its URL is that of today's advertised
  /// address, and superseded files go; else the status says nothing of it any more.
  asio::awaitable<bool> check(std::string_view kind, kube::ObjectKey object, std::optional<api::Artifact>& artifact);
  /// The file of another object's artifact; nullopt when it is not there, or leads to what is not that object's.
  asio::awaitable<std::optional<std::filesystem::path>> find(
      std::string_view kind, kube::ObjectKey object, const api::Artifact& artifact
  );
  /// What stores an archive of the object, as the work of a pool: the file's name within the object's folder, and what
  /// fills it. `previous` lends its unchanged entries.
  std::function<artifact::Stored(std::stop_token)> storing(
      std::string_view kind,
      const kube::ObjectKey& object,
      std::string file,
      const std::optional<api::Artifact>& previous,
      std::function<void(artifact::ArchiveWriter&, std::stop_token)> fill
  );
  /// The status of a stored archive.
  api::Artifact describe(const artifact::Stored& stored, std::string revision, WallTime now) const;
  /// Removes everything of the object. @returns how many files. @throws std::system_error naming what stays
  asio::awaitable<std::size_t> remove(std::string_view kind, kube::ObjectKey object);

  const artifact::Limits& limits() const { return storage_.options().limits; }

 private:
  static std::string folder_of(std::string_view kind, const kube::ObjectKey& object);

  artifact::Storage& storage_;
  async::BlockingPool& io_;
};

/// Whether the artifact is another one than what was stored now.
bool is_news(const std::optional<api::Artifact>& artifact, const artifact::Stored& stored, std::string_view revision);

}  // namespace weir::source
