#include "pkg/helm/repository/provenance.hpp"

#include "pkg/base/text.hpp"
#include "pkg/helm/values/read_yaml.hpp"
#include "pkg/template/quote.hpp"

namespace weir::helm {
namespace {

using templates::quote;

constexpr std::string_view kBegin = "-----BEGIN PGP SIGNED MESSAGE-----";
constexpr std::string_view kSignature = "-----BEGIN PGP SIGNATURE-----";
constexpr std::size_t kLongest = 4u << 20;

std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// Blanks at the end of a line are not signed.
std::string_view trimmed_end(std::string_view line) {
  const auto last = line.find_last_not_of(" \t\r");
  return line.substr(0, last == line.npos ? 0 : last + 1);
}

}  // namespace

Result<Provenance> read_provenance(std::string_view text) {
  const InputError none{"", "signature block not found"};
  if (text.size() > kLongest)
    return InputError{"", text::cat("the provenance file has more than ", kLongest, " bytes")};
  Provenance out;
  std::string plain;
  enum class Part { kBefore, kHeaders, kText, kSignature } part = Part::kBefore;
  bool is_first = true;
  for (const auto raw : text::split(text, '\n')) {
    std::string_view line = without_return(raw);
    switch (part) {
      case Part::kBefore:
        if (line == kBegin) part = Part::kHeaders;
        break;
      case Part::kHeaders:  // "Hash: SHA512", up to an empty line
        if (line.empty()) part = Part::kText;
        break;
      case Part::kText:
        if (line == kSignature) {
          part = Part::kSignature;
          out.signature = text::cat(line, "\n");
          break;
        }
        if (line.starts_with("- ")) line.remove_prefix(2);
        text::append(out.signed_text, is_first ? "" : "\r\n", trimmed_end(line));
        text::append(plain, line, "\n");
        is_first = false;
        break;
      case Part::kSignature: text::append(out.signature, line, "\n"); break;
    }
  }
  if (part != Part::kSignature) return none;
  // Chart.yaml, the end of a document, then the sums.
  constexpr std::string_view kEnd = "\n...\n";
  const auto end = plain.find(kEnd);
  if (end == plain.npos) return InputError{"", "message block must have at least two parts"};
  const auto sums = read_yaml_as_written(std::string_view{plain}.substr(end + kEnd.size()));
  if (!sums) return sums.error();
  const auto* files = sums->find("files");
  if (files == nullptr || !files->is_object()) return out;
  for (const auto& file : files->as_object()) {
    if (const auto sum = file.value.text()) out.files.emplace(file.key, *sum);
  }
  return out;
}

Result<void> check_provenance(const Provenance& provenance, std::string_view file_name, std::string_view sha256) {
  const auto known = provenance.files.find(file_name);
  if (known == provenance.files.end())
    return InputError{"", text::cat("provenance does not contain a SHA for a file named ", quote(file_name))};
  const std::string sum = text::cat("sha256:", sha256);
  if (known->second != sum)
    return InputError{
        "", text::cat("sha256 sum does not match for ", file_name, ": ", quote(known->second), " != ", quote(sum))};
  return {};
}

}  // namespace weir::helm
