#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/cli/arguments.hpp"
#include "pkg/base/result.hpp"
#include "pkg/base/secret_string.hpp"

namespace weir::cli {

/// --repo, --version and what else says where a chart is and how to get it, in Helm's names.
std::vector<Flag> fetch_flags();

/// Which chart is meant.
struct ChartWanted {
  /// A path, an address, "oci://...", NAME/CHART of a repository that was added, or with a repository a name.
  std::string chart;
  std::string repository;         ///< URL of a repository over http; empty: none
  std::string version;            ///< a version or a range; empty: the newest stable one
  bool wants_provenance = false;  ///< somebody known must have signed for it
  std::string keyring = {};       ///< whose keys are known; empty: ~/.gnupg/pubring.gpg

  /// Whether it lies on this machine.
  bool is_local() const { return repository.empty() && chart.find("://") == std::string::npos; }
};
/// With the version that --version and --devel say.
ChartWanted wanted_chart(const Given& given, const std::string& chart);

/// A packed chart, as it came.
struct FetchedChart {
  std::string archive;
  std::string file_name;   ///< "shop-1.2.3.tgz": how a provenance calls it
  std::string provenance;  ///< empty: it was not asked for
};

/// Gets charts and files from repositories, registries and web servers for a person's command: blocking, with the
/// credentials that flags and the configuration of Helm and Docker give. Nothing is kept on disk. Costs nothing until
/// something is fetched.  Threads: one.
class ChartFetcher {
 public:
  struct Access {
    std::string username;
    SecretString password;
    bool passes_credentials = false;
    bool allows_plain_http = false;  ///< for registries
    std::string ca_file;
    std::string cert_file;
    std::string key_file;
  };
  /// @param log  takes lines for people: what was pulled, warnings
  ChartFetcher(Access access, std::ostream& log);
  ~ChartFetcher();
  ChartFetcher(const ChartFetcher&) = delete;
  ChartFetcher& operator=(const ChartFetcher&) = delete;

  /// The packed chart. What is no address counts as NAME/CHART.
  /// @returns an error in Helm's words, with a second paragraph where more is known
  Result<FetchedChart> fetch(const ChartWanted& wanted);
  /// The same access without user, password and certificate of our own: for other people's repositories.
  Access anonymous_access() const;
  std::ostream& log() { return log_; }
  /// What stands at an http or https address. Whoever it is, he learns no credentials and no certificate of ours, and
  /// must be vouched for by the system's authorities.
  Result<std::string> fetch_file(const std::string& address);

 private:
  struct State;
  State& state();
  /// "NAME/CHART" of a repository that `helm repo add` knows.
  Result<FetchedChart> fetch_known(const ChartWanted& wanted);

  const Access access_;
  const Access nobody_;
  std::ostream& log_;
  std::unique_ptr<State> state_;
  std::unique_ptr<State> files_;  // for what is fetched without credentials
};

/// With what the flags say.
ChartFetcher::Access access_of(const Given& given);

}  // namespace weir::cli
