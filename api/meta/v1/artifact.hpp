#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace weir::api {

/// What a source offers for download: a gzip-compressed tar archive.  Source: Flux, `status.artifact`.
struct Artifact {
  std::string path;              ///< relative to the storage root: gitrepository/<namespace>/<name>/<file>
  std::string url;               ///< where it is served
  std::string revision;          ///< "main@sha1:<hex>"
  std::string digest;            ///< "sha256:<hex>" of the compressed bytes
  std::string last_update_time;  ///< RFC 3339
  std::int64_t size = 0;         ///< compressed bytes
  std::map<std::string, std::string> metadata;

  friend bool operator==(const Artifact&, const Artifact&) = default;
};

template <class Fields>
void describe(Fields& fields, Artifact& artifact) {
  fields.optional("digest", artifact.digest);
  fields.required("lastUpdateTime", artifact.last_update_time);
  fields.optional("metadata", artifact.metadata);
  fields.required("path", artifact.path);
  fields.required("revision", artifact.revision);
  fields.optional("size", artifact.size);
  fields.required("url", artifact.url);
}

}  // namespace weir::api
