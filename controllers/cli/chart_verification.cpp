#include "controllers/cli/chart_verification.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "pkg/base/clock.hpp"
#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/git/signature.hpp"
#include "pkg/helm/chart/disk_folder.hpp"
#include "pkg/helm/repository/provenance.hpp"

namespace weir::cli {
namespace {

constexpr std::uint64_t kLongestKeyring = 64u << 20;

std::string usual_keyring() {
  // NOLINTBEGIN(concurrency-mt-unsafe): nothing here sets variables
  if (const char* folder = std::getenv("GNUPGHOME"); folder != nullptr) return text::cat(folder, "/pubring.gpg");
  const char* home = std::getenv("HOME");
  // NOLINTEND(concurrency-mt-unsafe)
  return text::cat(home == nullptr ? "" : home, "/.gnupg/pubring.gpg");
}

}  // namespace

Result<void> verify_chart(
    std::string_view archive, std::string_view file_name, std::string_view provenance, const std::string& keyring
) {
  const std::string path = keyring.empty() ? usual_keyring() : keyring;
  const auto keys = helm::DiskFolder{kLongestKeyring}.read(path);
  if (!keys) return InputError{"", text::cat("failed to load keyring: ", keys.error().message)};
  auto read = helm::read_provenance(provenance);
  if (!read) return read.error();
  git::SignatureReport report;
  try {
    const git::SignedText signed_text{read->signed_text, read->signature};
    report = git::verify_signature(signed_text, {*keys}, SystemClock{}.wall_now());
  } catch (const std::exception& error) {
    return InputError{"", text::cat("failed to load keyring: ", path, ": ", error.what())};
  }
  switch (report.verdict) {
    case git::SignatureVerdict::kGood: break;
    case git::SignatureVerdict::kUnknownKey: return InputError{"", "openpgp: signature made by unknown entity"};
    default: return InputError{"", text::cat("openpgp: invalid signature: ", report.text)};
  }
  return helm::check_provenance(*read, file_name, sha256_hex(archive));
}

Result<void> verify_chart_file(const std::string& path, const std::string& keyring) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure)) return InputError{"", "unpacked charts cannot be verified"};
  if (text::lower(std::filesystem::path{path}.extension().string()) != ".tgz")
    return InputError{"", "chart must be a tgz file"};
  const helm::DiskFolder disk;
  const std::string beside = path + ".prov";
  const auto provenance = disk.read(beside);
  if (!provenance)
    return InputError{"", text::cat("could not load provenance file ", beside, ": ", provenance.error().message)};
  const auto archive = disk.read(path);
  if (!archive) return InputError{"", text::cat("failed to read chart archive: ", archive.error().message)};
  return verify_chart(*archive, std::filesystem::path{path}.filename().string(), *provenance, keyring);
}

}  // namespace weir::cli
