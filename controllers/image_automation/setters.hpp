#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/image/v1/image_policy.hpp"

/// Image markers in files: what stands behind `# {"$imagepolicy": "ns:name"}` gets the policy's newest image, and every
/// other byte of the file stays as it is: comments, blank lines, CRLF, indentation and quoting included.
/// Threads: any, pure.
/// Source: https://fluxcd.io/flux/guides/image-update/#configure-image-update-for-custom-resources and the observed
/// behaviour of image-automation-controller 1.2.
namespace weir::image_automation {

/// name, tag and digest as ImagePolicy.status.latestRef has them.
using ImageReference = api::image::ImageRef;

/// By "namespace:name". The caller puts in the policies of the automation's own namespace that have a latest image.
using Policies = std::map<std::string, ImageReference, std::less<>>;

/// The Kubernetes object around a value: the item when the document is a List, else the document. Empty fields for what
/// the document does not say, as in a file of Helm values.
struct ObjectIdentifier {
  std::string api_version;
  std::string kind;
  std::string name;
  std::string ns;

  /// By the fields in the order above, which is the order in which Go templates walk a map with such keys.
  friend auto operator<=>(const ObjectIdentifier&, const ObjectIdentifier&) = default;
};

/// One value that was replaced.
struct Change {
  ObjectIdentifier object;
  std::string old_value;  ///< the text of the scalar, without quotes and escapes
  std::string new_value;
  std::string setter;    ///< as the marker has it: "ns:name", "ns:name:tag", ...
  std::size_t line = 0;  ///< of the scalar, from 1

  friend bool operator==(const Change&, const Change&) = default;
};

/// Something that a user meant as a marker and that did nothing.
struct Note {
  enum class Reason {
    kUnparsableFile,   ///< nothing of the file was changed
    kMalformedMarker,  ///< no JSON object of texts, or no "ns:name[:tag|:name|:digest]" in it
    kUnknownPolicy,    ///< well formed, but not among the policies
    kMisplacedMarker,  ///< well formed, but no scalar value stands at its place
    kRefusedValue      ///< the policy's text is no image reference, or the file would be broken after the edit
  };
  Reason reason = Reason::kUnparsableFile;
  std::string path;      ///< as given
  std::size_t line = 0;  ///< from 1
  std::string setter;    ///< what the marker names, "" when that could not be read; for who knows other policies too
  std::string message;   ///< lower case, for status and events; it begins with "path:line: "

  friend bool operator==(const Note&, const Note&) = default;
};

struct Edit {
  std::string content;          ///< the whole file after the edit; empty when nothing changed
  std::vector<Change> changes;  ///< in the order of the file; one for each scalar whose text is another now
  std::vector<Note> notes;
  bool changed = false;
};

/// Replaces the scalar values of one file that markers name. A marker is the comment behind a value, or, when there is
/// none, the one line above it: {"$imagepolicy": "ns:name"} gives name:tag[@digest], with ":tag", ":name" or ":digest"
/// after the name that part alone (an empty text when there is no digest). The older form
/// {"$ref": "#/definitions/io.k8s.cli.setters.ns:name"} counts too. Quotes stay as
/// they are; an unquoted text that YAML 1.1 or 1.2 would read as a number, boolean
/// or null gets double quotes; a block scalar keeps its header, but "-" is set.
/// @param path  names the file in notes
/// @throws TrialTooSmall
Edit apply_setters(std::string_view path, std::string_view content, const Policies& policies);

/// Whether the bytes may hold a marker at all: the cheap look before a file is parsed.
bool may_have_markers(std::string_view content);

/// Whether setters look into this file: *.yaml, *.yml or a base name of exactly "Kustomization", at or below `root`.
/// @param path  from the top of the repository, "apps/web/deploy.yaml"
/// @param root  what resolve_update_path() gives
bool is_setter_path(std::string_view path, std::string_view root);

/// spec.update.path as a path from the top of the repository without "." and "..": "" is the top.
/// ".." that leads above the top stays at the top, as the original's scoped join does.
std::string resolve_update_path(std::string_view path);

}  // namespace weir::image_automation
