#include "controllers/cli/chart_fetcher.hpp"

#include <exception>
#include <optional>
#include <set>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "controllers/cli/helm_repositories.hpp"
#include "controllers/cli/proxy_environment.hpp"
#include "controllers/cli/registry_config.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/base/text.hpp"
#include "pkg/charts/http_repository.hpp"
#include "pkg/charts/oci_repository.hpp"
#include "pkg/helm/chart/disk_folder.hpp"
#include "pkg/helm/repository/address.hpp"
#include "pkg/helm/repository/choice.hpp"
#include "pkg/http/client.hpp"
#include "pkg/http/url.hpp"
#include "pkg/runtime/manager.hpp"
#include "pkg/template/quote.hpp"

namespace weir::cli {
namespace {

using templates::quote;

constexpr std::size_t kLargestArchive = 100u << 20;
constexpr std::size_t kLargestIndex = 200u << 20;
constexpr std::size_t kLargestFile = 64u << 20;
constexpr Milliseconds kPatience{120'000};

/// Whether a registry may learn the user and password of the flags.
enum class FlagCredentials { kKept, kSent };

/// Private to this file: a problem in words that are said as they stand.
struct Refusal {
  std::string words;
};

/// The scheme of an address in lower case; empty when there is none.
std::string scheme_of(std::string_view address) {
  const auto end = address.find("://");
  return end == address.npos ? "" : text::lower(address.substr(0, end));
}

void check_http(std::string_view address) {
  const auto scheme = scheme_of(address);
  if (scheme != "http" && scheme != "https") throw Refusal{text::cat("scheme ", quote(scheme), " not supported")};
}

std::string without_credentials(const std::string& address) {
  const auto url = http::Url::parse(address);
  if (!url || url->user.empty()) return address;
  return url->text();
}

std::string pem_of(std::string_view flag, const std::string& path) {
  if (path.empty()) return "";
  auto text = helm::DiskFolder{kLargestFile}.read(path);
  if (!text) throw Refusal{text::cat("--", flag, ": ", text.error().message)};
  return *std::move(text);
}

http::ConnectionOptions connection_of(const ChartFetcher::Access& access) {
  http::ConnectionOptions out;
  out.ca_pem = pem_of("ca-file", access.ca_file);
  out.use_system_ca = out.ca_pem.empty();
  if (access.cert_file.empty() != access.key_file.empty())
    throw Refusal{"--cert-file and --key-file: give both or none"};
  out.client_cert_pem = pem_of("cert-file", access.cert_file);
  out.client_key_pem = SecretString{pem_of("key-file", access.key_file)};
  return out;
}

/// Connections through the proxies that the environment wants, one kind of them for each proxy.
class ProxiedTransport final : public http::Transport {
 public:
  ProxiedTransport(asio::any_io_executor executor, http::ConnectionOptions options)
      : connections_{std::move(executor)}, options_{std::move(options)}, direct_{connections_.get(options_)} {}

  asio::awaitable<http::Response> send(http::Request request, const http::CallOptions& options) override {
    const auto way = way_to(request.url);
    co_return co_await way->send(std::move(request), options);
  }
  asio::awaitable<http::StreamedResponse> open(http::Request request, const http::CallOptions& options) override {
    const auto way = way_to(request.url);
    co_return co_await way->open(std::move(request), options);
  }
  const std::string& identity() const override { return direct_->identity(); }

 private:
  std::shared_ptr<http::Transport> way_to(const http::Url& url) {
    auto proxy = environment_.proxy_for(url);
    if (proxy.address.empty()) return direct_;
    auto options = options_;
    options.proxy = std::move(proxy);
    return connections_.get(options);
  }

  const ProxyEnvironment environment_ = ProxyEnvironment::of_process();
  http::ClientCache connections_;
  const http::ConnectionOptions options_;
  const std::shared_ptr<http::Transport> direct_;
};

}  // namespace

std::vector<Flag> fetch_flags() {
  return {
      {"repo", '\0', "URL", "the repository that has the chart; CHART is its name there"},
      {"version",
       '\0',
       "RANGE",
       "the chart's version, or a range of which the newest is taken (default: newest stable)"},
      {"devel", '\0', "", "pre-releases too, as --version '>0.0.0-0'"},
      {"username", '\0', "NAME", "for the repository or registry"},
      {"password", '\0', "WORD", "for the repository or registry"},
      {"pass-credentials", '\0', "", "send them to whatever address the repository names"},
      {"ca-file", '\0', "FILE", "believe the certificates that these authorities sign, no others"},
      {"cert-file", '\0', "FILE", "our certificate, for servers that want one"},
      {"key-file", '\0', "FILE", "its key"},
      {"verify", '\0', "", "the chart must have been signed by somebody in the keyring"},
      {"keyring", '\0', "FILE", "public keys (default: ~/.gnupg/pubring.gpg)"},
      {"plain-http", '\0', "", "the registry may speak HTTP without TLS"},
  };
}

ChartWanted wanted_chart(const Given& given, const std::string& chart) {
  ChartWanted out;
  out.chart = text::trim(chart);
  out.repository = given.value("repo");
  const std::string version = given.value("version");
  out.version = text::trim(version);
  out.wants_provenance = given.has("verify");
  out.keyring = given.value("keyring");
  if (out.version.empty() && given.has("devel")) out.version = helm::kDevelopmentVersions;
  return out;
}

ChartFetcher::Access access_of(const Given& given) {
  ChartFetcher::Access out;
  out.username = given.value("username");
  out.password = SecretString{given.value("password")};
  out.passes_credentials = given.has("pass-credentials");
  out.allows_plain_http = given.has("plain-http");
  out.ca_file = given.value("ca-file");
  out.cert_file = given.value("cert-file");
  out.key_file = given.value("key-file");
  return out;
}

struct ChartFetcher::State {
  State(const Access& access_, std::ostream& log_)
      : access{access_}, log{log_}, transport{io.get_executor(), connection_of(access_)} {}

  /// Runs a coroutine to its end.
  template <class T>
  T run(asio::awaitable<T> work) {
    std::optional<T> value;
    std::exception_ptr failure;
    asio::co_spawn(io, std::move(work), [&](std::exception_ptr error, T result) {
      failure = error;
      if (!error) value.emplace(std::move(result));
      io.stop();  // kept connections are nobody's concern
    });
    io.run();
    io.restart();
    if (failure) std::rethrow_exception(failure);
    return *std::move(value);
  }

  charts::HttpRepository repository(const std::string& url) {
    charts::RepositoryOptions options;
    options.username = access.username;
    options.password = access.password;
    options.passes_credentials = access.passes_credentials;
    options.user_agent = user_agent;
    options.timeout = kPatience;
    options.max_archive_bytes = kLargestArchive;
    options.index.bytes = kLargestIndex;
    return charts::HttpRepository{{transport, cpu}, url, std::move(options)};
  }

  void warn(const std::vector<std::string>& lines) {
    for (const auto& line : lines) log << "level=WARN msg=" << text::quoted(line) << "\n";
  }

  asio::awaitable<FetchedChart> from_address(ChartWanted wanted) {
    auto alone = repository(wanted.chart);
    co_return co_await from_http(alone, wanted.chart, "", wanted.wants_provenance);
  }

  /// @param address  absolute
  asio::awaitable<FetchedChart> from_http(
      charts::HttpRepository& charts, std::string address, std::string digest, bool wants_provenance
  ) {
    FetchedChart out;
    out.archive = co_await charts.fetch_archive(address, std::move(digest));
    std::string path = http::Url::parse(address).value().target;
    path.resize(std::min(path.find('?'), path.size()));
    out.file_name = path.substr(path.rfind('/') + 1);
    if (wants_provenance) {
      const std::string provenance = address + ".prov";
      std::string problem;
      try {
        out.provenance = co_await charts.fetch_archive(provenance);
      } catch (const charts::FetchError&) {
        problem = text::cat("failed to fetch provenance ", quote(without_credentials(provenance)));
      }
      if (!problem.empty()) throw Refusal{problem};
    }
    co_return out;
  }

  asio::awaitable<helm::ChartIndex> index_of(charts::HttpRepository& charts, const ChartWanted& wanted) {
    const std::string shown = without_credentials(wanted.repository);
    std::string problem;
    try {
      auto fetched = co_await charts.fetch_index();
      std::set<std::string, std::less<>> names{wanted.chart};
      co_return co_await charts.read_index(std::move(fetched), std::move(names));
    } catch (const charts::FetchError& error) {
      problem = error.what();
    } catch (const http::TransportError& error) {
      problem = text::cat("Get ", quote(helm::resolve_address(shown, "index.yaml").value()), ": ", error.what());
    } catch (const async::TimedOut& error) {
      problem = error.what();
    }
    throw Refusal{
        text::cat("looks like ", quote(shown), " is not a valid chart repository or cannot be reached: ", problem)};
  }

  /// A chart of a repository that `helm repo add` knows, in the version that its cached index has.
  asio::awaitable<FetchedChart> from_known(KnownRepository known, ChartWanted wanted) {
    const auto text = helm::DiskFolder{kLargestIndex}.read(cached_index(known.name));
    if (!text) throw Refusal{text::cat("no cached repo found. (try 'helm repo update'): ", text.error().message)};
    const std::string name = wanted.chart.substr(wanted.chart.find('/') + 1);
    helm::IndexLimits limits;
    limits.bytes = kLargestIndex;
    const auto index = helm::read_index(*text, {name}, cached_index(known.name), limits);
    if (!index)
      throw Refusal{text::cat(
          "no cached repo found. (try 'helm repo update'): error loading ",
          cached_index(known.name),
          ": ",
          index.error().message
      )};
    warn(index->warnings);
    const auto* versions = index->find(name);
    std::vector<std::string> warnings;
    const auto chosen = helm::choose_as_helm(versions, name, wanted.version, &warnings);
    warn(warnings);
    if (!chosen) {
      const auto more = helm::explain_versions(versions);
      throw Refusal{text::cat(
          "chart ",
          quote(name),
          " matching ",
          wanted.version,
          " not found in ",
          known.name,
          " index. (try 'helm repo update'): ",
          chosen.error().message,
          more.empty() ? "" : "\n\n",
          more
      )};
    }
    const auto& version = **chosen;
    if (version.urls.empty()) throw Refusal{text::cat("chart ", quote(wanted.chart), " has no downloadable URLs")};
    const auto address = helm::resolve_address(known.url, version.urls.front());
    if (!address) throw Refusal{text::cat("invalid chart URL format: ", wanted.chart)};
    if (charts::is_oci(*address)) {
      const ChartWanted there{*address, "", "", wanted.wants_provenance, ""};
      // The index chose the registry: it learns the repository's credentials only if whatever it names may.
      const auto flags = access.passes_credentials ? FlagCredentials::kSent : FlagCredentials::kKept;
      co_return co_await from_registry(there, flags);
    }
    check_http(*address);
    auto charts = repository(known.url);
    std::string digest = helm::sha256_of_digest(version.digest) ? version.digest : "";
    co_return co_await from_http(charts, *address, std::move(digest), wanted.wants_provenance);
  }

  asio::awaitable<FetchedChart> from_repository(ChartWanted wanted) {
    const auto scheme = scheme_of(wanted.repository);
    if (scheme != "http" && scheme != "https")
      throw Refusal{text::cat(
          "could not find protocol handler for: ",
          scheme,
          scheme == "oci" ? "\n\ncharts of registries are named oci://HOST/PATH/NAME, without --repo" : ""
      )};
    auto charts = repository(wanted.repository);
    const auto index = co_await index_of(charts, wanted);
    warn(index.warnings);
    const auto* versions = index.find(wanted.chart);
    std::vector<std::string> warnings;
    const auto chosen = helm::choose_as_helm(versions, wanted.chart, wanted.version, &warnings);
    warn(warnings);
    std::string about = text::cat("chart ", quote(wanted.chart));
    if (!wanted.version.empty()) text::append(about, " version ", quote(wanted.version));
    if (!chosen) throw Refusal{not_found(about, wanted, versions, chosen.error())};
    const auto& version = **chosen;
    if (version.urls.empty()) throw Refusal{text::cat(about, " has no downloadable URLs")};
    const auto address = helm::resolve_address(wanted.repository, version.urls.front());
    if (!address) throw Refusal{text::cat("failed to make chart URL absolute: ", address.error().text())};
    if (charts::is_oci(*address)) {
      const ChartWanted there{*address, "", "", wanted.wants_provenance, ""};
      // The index chose the registry: it learns the repository's credentials only if whatever it names may.
      const auto flags = access.passes_credentials ? FlagCredentials::kSent : FlagCredentials::kKept;
      co_return co_await from_registry(there, flags);
    }
    check_http(*address);
    // What is no digest says nothing, as for Helm.
    std::string digest = helm::sha256_of_digest(version.digest) ? version.digest : "";
    co_return co_await from_http(charts, *address, std::move(digest), wanted.wants_provenance);
  }

  static std::string not_found(
      std::string_view about,
      const ChartWanted& wanted,
      const std::vector<helm::ChartVersion>* versions,
      const InputError& error
  ) {
    std::string words = text::cat(about, " not found in ", without_credentials(wanted.repository), " repository");
    const auto known = helm::explain_versions(versions);
    if (!known.empty()) {
      text::append(words, "\n\n", error.message, "; ", known);
    } else if (versions == nullptr) {
      text::append(words, "\n\nthe index has no chart of that name");
    }
    return words;
  }

  asio::awaitable<FetchedChart> from_registry(ChartWanted wanted, FlagCredentials flags) {
    auto reference = charts::parse_oci_reference(wanted.chart);
    if (!reference) throw Refusal{reference.error().text()};
    std::string version = wanted.version;
    if (version.empty()) {
      version = reference->version;
    } else if (!reference->version.empty() && reference->version != version) {
      throw Refusal{text::cat("chart reference and version mismatch: ", version, " is not ", reference->version)};
    }
    auto configured = registry_access(reference->repository);
    if (!configured) throw Refusal{configured.error().text()};
    oci::RegistryOptions options;
    options.credentials = configured->credentials;
    if (flags == FlagCredentials::kSent && !access.username.empty() && !access.password.empty()) {
      options.credentials = {};
      options.credentials.username = access.username;
      options.credentials.password = access.password;
    }
    const bool is_anonymous = options.credentials.is_anonymous();
    options.allows_http = access.allows_plain_http;
    options.user_agent = user_agent;
    options.request_timeout = kPatience;
    charts::OciRepository charts{
        {transport, schemes, cpu, clock}, reference->repository, std::move(options), kLargestArchive};
    std::string refused;
    try {
      co_return co_await pull(charts, *reference, std::move(version), wanted.wants_provenance);
    } catch (const oci::RegistryError& error) {
      if (!error.is_unauthorized() || !is_anonymous || configured->helper.empty()) throw;
      refused = error.what();
    }
    throw Refusal{text::cat(
        refused,
        "\n\nthe credentials of ",
        reference->repository.registry,
        " are kept by ",
        configured->helper,
        ", which is not run: give --username and --password, or an entry of auths"
    )};
  }

  asio::awaitable<FetchedChart> pull(
      charts::OciRepository& charts, const charts::OciReference& reference, std::string version, bool wants_provenance
  ) {
    std::string wanted = reference.digest;
    if (wanted.empty()) {
      wanted = co_await charts.resolve(std::move(version));
    } else if (!version.empty()) {
      std::string found;
      try {
        found = co_await charts.digest(version);
      } catch (const oci::RegistryError&) {
        // A chart that is named by its digest needs no tag.
      }
      if (!found.empty() && found != wanted)
        throw Refusal{text::cat("chart reference digest mismatch: ", found, " is not ", wanted)};
    }
    const bool is_digest = !reference.digest.empty();
    const std::string tag = is_digest ? text::cat("@", wanted) : text::cat(":", helm::tag_of_version(wanted));
    auto chart = co_await charts.pull(wanted, wants_provenance);
    log << "Pulled: " << reference.repository.text() << tag << "\nDigest: " << chart.manifest_digest << "\n";
    FetchedChart out;
    out.archive = std::move(chart.archive);
    out.provenance = std::move(chart.provenance);
    out.file_name = text::cat(chart.metadata.text_at({"name"}), "-", chart.metadata.text_at({"version"}), ".tgz");
    co_return out;
  }

  const Access& access;
  std::ostream& log;
  const std::string user_agent = text::cat("weir/", runtime::version());
  SystemClock clock;
  asio::io_context io{1};
  ProxiedTransport transport;
  oci::KnownSchemes schemes;
  async::BlockingPool cpu{"fetch", 1, 8};
};

ChartFetcher::ChartFetcher(Access access, std::ostream& log) : access_{std::move(access)}, log_{log} {}
ChartFetcher::~ChartFetcher() = default;

ChartFetcher::State& ChartFetcher::state() {
  if (!state_) state_ = std::make_unique<State>(access_, log_);
  return *state_;
}

ChartFetcher::Access ChartFetcher::anonymous_access() const {
  Access out;
  out.ca_file = access_.ca_file;
  return out;
}

Result<FetchedChart> ChartFetcher::fetch_known(const ChartWanted& wanted) {
  const std::string name = wanted.chart.substr(0, wanted.chart.find('/'));
  auto known = known_repository(name);
  if (!known) return known.error();
  if (!*known)
    return InputError{
        "",
        text::cat(
            "repo ",
            name,
            " not found\n\nthere is no such path, and no repository of that name: give --repo URL, or "
            "add it with helm repo add"
        )};
  KnownRepository repository = *std::move(*known);
  if (repository.url.empty()) return InputError{"", text::cat("no URL found for repository ", name)};
  if (repository.skips_verification)
    return InputError{
        "",
        text::cat(
            "the repository ", name, " skips the verification of its server, which is not served: give it a caFile"
        )};
  // What was written down for the repository counts, as with Helm; the rest is what the command says.
  Access access = access_;
  if (!repository.username.empty() && !repository.password.empty()) {
    access.username = repository.username;
    access.password = repository.password;
    access.passes_credentials = repository.passes_credentials;
  }
  if (!repository.ca_file.empty() || !repository.cert_file.empty() || !repository.key_file.empty()) {
    access.ca_file = repository.ca_file;
    access.cert_file = repository.cert_file;
    access.key_file = repository.key_file;
  }
  try {
    State of_its_own{access, log_};
    return of_its_own.run(of_its_own.from_known(std::move(repository), wanted));
  } catch (const Refusal& refusal) {
    return InputError{"", refusal.words};
  } catch (const std::exception& error) {
    return InputError{"", error.what()};
  }
}

Result<FetchedChart> ChartFetcher::fetch(const ChartWanted& wanted) {
  if (wanted.is_local()) return fetch_known(wanted);
  try {
    auto& self = state();
    if (!wanted.repository.empty()) return self.run(self.from_repository(wanted));
    if (charts::is_oci(wanted.chart)) return self.run(self.from_registry(wanted, FlagCredentials::kSent));
    check_http(wanted.chart);
    return self.run(self.from_address(wanted));
  } catch (const Refusal& refusal) {
    return InputError{"", refusal.words};
  } catch (const std::exception& error) {
    return InputError{"", error.what()};
  }
}

Result<std::string> ChartFetcher::fetch_file(const std::string& address) {
  try {
    check_http(address);
    if (!files_) files_ = std::make_unique<State>(nobody_, log_);
    auto alone = files_->repository(address);
    return files_->run(alone.fetch_file(address, kLargestFile));
  } catch (const Refusal& refusal) {
    return InputError{"", refusal.words};
  } catch (const std::exception& error) {
    return InputError{"", error.what()};
  }
}

}  // namespace weir::cli
