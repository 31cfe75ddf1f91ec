#pragma once

#include <map>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"

/// Provenance files: who vouches for a packed chart (https://helm.sh/docs/topics/provenance).  Threads: any, pure.
namespace weir::helm {

/// A provenance file, taken apart. Whether its signature is good is for others to find out.
struct Provenance {
  std::string signed_text;  ///< what is signed: lines end in CR LF, without the last one (RFC 4880 section 7.1)
  std::string signature;    ///< armored
  std::map<std::string, std::string, std::less<>> files;  ///< "sha256:..." by the name of an archive
};

/// @returns an error in Helm's words: "signature block not found"
Result<Provenance> read_provenance(std::string_view text);

/// Whether an archive is the one that the provenance tells of.
/// @param file_name  of the archive: "shop-1.2.3.tgz"
/// @param sha256     of its bytes, in hexadecimal
/// @returns an error in Helm's words: provenance does not contain a SHA for a file named "shop-1.2.3.tgz"
Result<void> check_provenance(const Provenance& provenance, std::string_view file_name, std::string_view sha256);

}  // namespace weir::helm
