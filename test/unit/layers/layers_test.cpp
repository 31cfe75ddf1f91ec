// The shape of the tree, held by a test: who may include whom, what stays out of headers, and what
// GCC 12 must not meet. A new arrow is a decision: change the table on purpose.

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

namespace weir {
namespace {

namespace fs = std::filesystem;

const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"pkg/base", {}},
    {"pkg/json", {"pkg/base"}},
    {"pkg/yaml", {"pkg/base", "pkg/json"}},
    {"pkg/template", {"pkg/base", "pkg/json", "pkg/regex", "pkg/semver"}},
    {"pkg/helm",
     {"pkg/base", "pkg/json", "pkg/jsonschema", "pkg/regex", "pkg/semver", "pkg/tar", "pkg/template", "pkg/yaml"}},
    {"pkg/jsonschema", {"pkg/base", "pkg/json", "pkg/regex", "pkg/template"}},
    {"pkg/regex", {"pkg/base"}},
    {"pkg/semver", {"pkg/base"}},
    {"pkg/tar", {"pkg/base"}},
    {"pkg/log", {"pkg/base", "pkg/json"}},
    {"pkg/async", {"pkg/base", "pkg/log"}},
    {"pkg/http", {"pkg/base", "pkg/log", "pkg/async"}},
    {"pkg/cloud", {"pkg/base", "pkg/json", "pkg/log", "pkg/async", "pkg/http"}},
    {"api/meta", {"pkg/base", "pkg/json"}},
    {"api/source", {"pkg/base", "pkg/json", "api/meta"}},
    {"api/kustomize", {"pkg/base", "pkg/json", "api/meta"}},
    {"api/image", {"pkg/base", "pkg/json", "api/meta"}},
    {"api/helm", {"pkg/base", "pkg/json", "api/meta"}},
    {"pkg/git", {"pkg/base", "pkg/log", "pkg/async", "pkg/http", "pkg/semver"}},
    {"pkg/oci", {"pkg/base", "pkg/json", "pkg/log", "pkg/async", "pkg/http"}},
    {"pkg/charts", {"pkg/base", "pkg/json", "pkg/async", "pkg/http", "pkg/helm", "pkg/oci"}},
    {"pkg/artifact", {"pkg/base", "pkg/log", "pkg/async", "pkg/http", "pkg/tar"}},
    {"pkg/kustomize", {"pkg/base", "pkg/json", "pkg/yaml", "pkg/regex"}},
    {"pkg/kube", {"pkg/base", "pkg/json", "pkg/yaml", "pkg/log", "pkg/async", "pkg/http", "api/meta"}},
    {"pkg/access",
     {"pkg/base",
      "pkg/json",
      "pkg/log",
      "pkg/async",
      "pkg/http",
      "pkg/cloud",
      "pkg/git",
      "pkg/oci",
      "pkg/kube",
      "pkg/runtime",
      "api/meta",
      "api/source"}},
    {"pkg/sources", {"pkg/base", "pkg/kube", "api/meta"}},
    {"pkg/ssa", {"pkg/base", "pkg/json", "pkg/log", "pkg/async", "pkg/kube", "api/meta"}},
    {"pkg/live", {"pkg/base", "pkg/log", "pkg/async", "pkg/kube", "pkg/ssa", "api/meta"}},
    {"pkg/runtime", {"pkg/base", "pkg/json", "pkg/log", "pkg/async", "pkg/http", "pkg/kube", "api/meta"}},
};

// Private headers: they show what others must not see, and only their own folder may include them.
const std::set<std::string> kPrivate = {
    "pkg/git/bcrypt_pbkdf.hpp",
    "pkg/git/late_library.hpp",
    "pkg/git/libgit2.hpp",
    "pkg/git/libssh.hpp",
    "pkg/git/repository_state.hpp",
    "pkg/git/rnp_library.hpp",
    "pkg/git/ssh_private_key.hpp",
    "pkg/git/ssh_wire.hpp",
    "pkg/http/connection.hpp",
    "pkg/http/piece_body.hpp",
    "pkg/jsonschema/compiler.hpp",
    "pkg/jsonschema/schema.hpp",
    "pkg/jsonschema/validator.hpp"};

// Libraries that one source file wraps: whoever needs one goes through that file's header.
const std::map<std::string, std::string> kOnlyDoor = {
    {"prometheus", "pkg/runtime/metrics.cpp"},
    {"rapidjson", "pkg/json/codec.cpp"},
    {"re2", "pkg/regex/regex.cpp"},
    {"yaml-cpp", "pkg/yaml/plain.cpp"},
};

// What a public header may take from outside; the rest makes every file that includes it slow to
// build.
const std::regex kLight{
    R"(boost/asio/(awaitable|any_io_executor)\.hpp|boost/system/(result|error_code)\.hpp|boost/(asio|system)/fwd\.hpp)"};

struct File {
  std::string path;  // from the project's root, with slashes
  std::string text;
};

std::vector<File> sources() {
  std::vector<File> out;
  const fs::path root{WEIR_SOURCE_DIR};
  for (const char* top : {"api", "pkg", "controllers"}) {
    if (!fs::exists(root / top)) continue;
    for (const auto& entry : fs::recursive_directory_iterator{root / top}) {
      const auto extension = entry.path().extension();
      if (extension != ".hpp" && extension != ".cpp") continue;
      std::ifstream in{entry.path()};
      std::ostringstream text;
      text << in.rdbuf();
      out.push_back({fs::relative(entry.path(), root).generic_string(), text.str()});
    }
  }
  return out;
}

/// "pkg/kube" of "pkg/kube/client.hpp".
std::string folder_of(const std::string& path) {
  const auto first = path.find('/');
  return path.substr(0, path.find('/', first + 1));
}

/// The text with comments and literals blanked out, lines kept.
std::string code_of(const std::string& text) {
  std::string out = text;
  const auto blank = [&](std::size_t from, std::size_t to) {
    for (auto i = from; i < std::min(to, out.size()); ++i) {
      if (out[i] != '\n') out[i] = ' ';
    }
    return std::min(to, out.size());
  };
  const auto past = [&](std::string_view end, std::size_t from) {
    const auto at = text.find(end, from);
    return at == std::string::npos ? text.size() : at + end.size();
  };
  for (std::size_t i = 0; i < text.size();) {
    const auto rest = std::string_view{text}.substr(i);
    if (rest.starts_with("//")) {
      i = blank(i, text.find('\n', i));
    } else if (rest.starts_with("/*")) {
      i = blank(i, past("*/", i + 2));
    } else if (rest.starts_with("R\"")) {
      const auto name = text.substr(i + 2, text.find('(', i) - i - 2);
      i = blank(i, past(")" + name + "\"", i));
    } else if (text[i] == '"' || (text[i] == '\'' && (i == 0 || !std::isalnum(static_cast<unsigned char>(text[i - 1]))))) {
      auto end = i + 1;
      while (end < text.size() && text[end] != text[i] && text[end] != '\n') end += text[end] == '\\' ? 2 : 1;
      i = blank(i, end + 1);
    } else {
      ++i;
    }
  }
  return out;
}

std::size_t line_of(const std::string& text, std::size_t offset) {
  return 1 +
         static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

std::vector<std::string> matches(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> out;
  for (std::sregex_iterator it{text.begin(), text.end(), pattern}, end; it != end; ++it) out.push_back((*it)[1]);
  return out;
}

const std::regex kOwnInclude{R"re(#include "([^"]+)")re"};
const std::regex kForeignInclude{R"(#include <([^>]+)>)"};

/// `co_await` operands: GCC 12 destroys capturing lambdas and brace-made aggregates in them twice.
/// Times are safe: their constructors are written out. Name the operand on the line before.
std::vector<std::string> bad_awaits(const File& file) {
  static const std::regex safe{R"((Milliseconds|Seconds|Duration|std::(chrono::\w+|span|string|string_view))\{)"};
  static const std::regex risky{R"(\{|(^|[^\w\])\s])\s*\[)"};
  std::vector<std::string> out;
  const auto code = code_of(file.text);
  for (auto at = code.find("co_await"); at != std::string::npos; at = code.find("co_await", at + 1)) {
    const auto operand = code.substr(at, code.find(';', at) - at);
    if (std::regex_search(std::regex_replace(operand, safe, "$1("), risky)) {
      out.push_back(file.path + ":" + std::to_string(line_of(code, at)));
    }
  }
  return out;
}

TEST(Layers, IncludesFollowTheTable) {
  std::vector<std::string> faults;
  for (const auto& file : sources()) {
    const auto from = folder_of(file.path);
    for (const auto& include : matches(file.text, kOwnInclude)) {
      const auto to = folder_of(include);
      if (to == from) continue;
      if (kPrivate.contains(include)) faults.push_back(file.path + ": private header " + include);
      if (from.starts_with("controllers/")) {
        // any library, any kind; another controller only from the program's own file
        if (to.starts_with("controllers/") && from != "controllers/main.cpp" && from != "controllers/cli" &&
            from != "controllers/all") {
          faults.push_back(file.path + ": another controller's " + include);
        }
        continue;
      }
      const auto row = kMayInclude.find(from);
      if (row == kMayInclude.end()) {
        faults.push_back(file.path + ": " + from + " is not in the table");
      } else if (!row->second.contains(to)) {
        faults.push_back(file.path + ": " + from + " must not include " + include);
      }
    }
  }
  EXPECT_THAT(faults, testing::IsEmpty());
}

/// Whether `from` comes to `to` by one or more arrows.
bool reaches(const std::string& from, const std::string& to) {
  const auto row = kMayInclude.find(from);
  if (row == kMayInclude.end()) return false;
  return row->second.contains(to) ||
         std::ranges::any_of(row->second, [&](const std::string& next) { return next != from && reaches(next, to); });
}

/// kMayInclude as docs/design.md shows it: a picture of the arrows that do not follow from others, so that it can be
/// read, and every arrow in a table below.
std::string drawing() {
  const auto node = [](const std::string& folder) {
    std::string name = folder;
    std::ranges::replace(name, '/', '_');
    return name + "[" + folder + "]";
  };
  std::string out = "```mermaid\nflowchart TD\n";
  for (const auto& [from, may_include] : kMayInclude) {
    for (const auto& to : may_include) {
      const bool follows =
          std::ranges::any_of(may_include, [&](const std::string& other) { return reaches(other, to); });
      if (!follows) out += "  " + node(from) + " --> " + node(to) + "\n";
    }
  }
  out += "```\n\n| folder | may include |\n|---|---|\n";
  for (const auto& [from, may_include] : kMayInclude) {
    std::string list;
    for (const auto& to : may_include) list += (list.empty() ? "" : ", ") + to;
    out += "| " + from + " | " + (list.empty() ? "nothing" : list) + " |\n";
  }
  return out;
}

TEST(Layers, TheDocumentationDrawsTheTable) {
  std::ifstream in{fs::path{WEIR_SOURCE_DIR} / "docs/design.md"};
  std::ostringstream text;
  text << in.rdbuf();
  const std::string page = text.str();
  const auto begin = page.find("```mermaid\nflowchart TD\n");
  ASSERT_NE(begin, std::string::npos) << "docs/design.md should draw:\n" << drawing();
  const auto end = page.find("\n\n", page.find("| folder | may include |", begin));
  const std::string drawn = page.substr(begin, end == std::string::npos ? end : end + 1 - begin);
  EXPECT_EQ(drawn, drawing()) << "docs/design.md should draw:\n" << drawing();
}

TEST(Layers, EveryRowOfTheTableIsAFolder) {
  std::vector<std::string> faults;
  for (const auto& [folder, may_include] : kMayInclude) {
    if (!fs::exists(fs::path{WEIR_SOURCE_DIR} / folder)) faults.push_back(folder);
  }
  EXPECT_THAT(faults, testing::IsEmpty());
}

TEST(Layers, HeavyHeadersStayInSourceFiles) {
  std::vector<std::string> faults;
  for (const auto& file : sources()) {
    if (!file.path.ends_with(".hpp") || kPrivate.contains(file.path)) continue;
    for (const auto& include : matches(file.text, kForeignInclude)) {
      // the standard library's names have no slash and no suffix
      if (include.find_first_of("/.") == std::string::npos || std::regex_match(include, kLight)) continue;
      faults.push_back(file.path + " includes <" + include + ">");
    }
  }
  EXPECT_THAT(faults, testing::IsEmpty());
}

TEST(Layers, AWrappedLibraryHasOneDoor) {
  std::vector<std::string> faults;
  for (const auto& file : sources()) {
    for (const auto& include : matches(file.text, kForeignInclude)) {
      const auto door = kOnlyDoor.find(include.substr(0, include.find('/')));
      if (door != kOnlyDoor.end() && door->second != file.path)
        faults.push_back(file.path + " includes <" + include + ">, which is for " + door->second);
    }
  }
  EXPECT_THAT(faults, testing::IsEmpty());
}

TEST(Layers, OperandsOfAwaitAreNames) {
  std::vector<std::string> faults;
  for (const auto& file : sources()) {
    for (auto& place : bad_awaits(file)) faults.push_back(std::move(place));
  }
  EXPECT_THAT(faults, testing::IsEmpty()) << "name the lambda or the aggregate on the line before";
}

TEST(Layers, AwaitScanFindsWhatGcc12GetsWrong) {
  EXPECT_THAT(bad_awaits({"a", "co_await pool.run([&](auto stop) { return 1; });"}), testing::SizeIs(1));
  EXPECT_THAT(bad_awaits({"a", "\nco_await client.get(Key{\"a\", \"b\"});"}), testing::ElementsAre("a:2"));
  EXPECT_THAT(bad_awaits({"a", "co_await client.list({.limit = 5});"}), testing::SizeIs(1));
  EXPECT_THAT(bad_awaits({"a", "co_await sleep_for(Milliseconds{5});"}), testing::IsEmpty());
  EXPECT_THAT(bad_awaits({"a", "co_await connect(endpoints[i], token);"}), testing::IsEmpty());
  EXPECT_THAT(bad_awaits({"a", "// co_await f({})\nco_await f(\"{[\"); g({});"}), testing::IsEmpty());
}

}  // namespace
}  // namespace weir
