#include <chrono>

#include "pkg/git/archive_source.hpp"
#include "test/contract/git/fixture.hpp"

namespace weir::git {
namespace {

class GitArchive : public WithGitServer {
 protected:
  /// Commits what Python says and lists it: "path", "path/" for a folder, "path*" for an
  /// executable.
  std::string list(const std::string& commit, const SourceOptions& options = SourceOptions{}) {
    python("repo.commit(" + commit + ")");
    const auto resolution = resolve(remote(), branch("main"));
    fetch(remote(), resolution);
    tree_ = list_source(StoredCommit{store(), resolution.commit}, options);
    std::string out;
    entries_.clear();
    for (const auto& entry : tree_.entries) {
      out += entry.path + (entry.is_folder ? "/ " : entry.is_executable ? "* " : " ");
      entries_.push_back(entry);
    }
    return out;
  }

  SourceTree tree_;
  std::vector<SourceEntry> entries_;
};

TEST_F(GitArchive, ListsInTheOrderOfADirectoryWalk) {
  python(
      "repo.write('bin/run.sh', '#!/bin/sh')\n"
      "os.chmod(os.path.join(repo.tree, 'bin/run.sh'), 0o755)\n"
      "os.symlink('a.yaml', os.path.join(repo.tree, 'link'))\n"
      "os.symlink('/etc', os.path.join(repo.tree, 'out'))\n"
  );
  EXPECT_EQ(
      list("{'foo/x': '', 'foo.txt': '', 'foo-bar': ''}"),
      "a.yaml bin/ bin/run.sh* deploy/ deploy/b.yaml foo/ foo/x foo-bar foo.txt "
  );
  SourceReader reader{tree_};
  EXPECT_EQ(reader.read(entries_[0]), "one");
}

TEST_F(GitArchive, DefaultsAndIgnoreFiles) {
  EXPECT_EQ(list("{'x.png': '', '.github/w.yml': '', '.gitignore': ''}"), "a.yaml deploy/ deploy/b.yaml ");
  EXPECT_EQ(
      list("{'deploy/.sourceignore': '/b.yaml\\n', 'deploy/sub/b.yaml': ''}"),
      ".github/ .github/w.yml a.yaml deploy/ deploy/.sourceignore deploy/sub/ deploy/sub/b.yaml "
      "x.png "
  );
  SourceOptions options;
  options.ignore = "/*\n!/deploy\n";
  EXPECT_EQ(list("{}", options), "deploy/ deploy/.sourceignore deploy/b.yaml deploy/sub/ deploy/sub/b.yaml ");
}

TEST_F(GitArchive, SparseFolders) {
  SourceOptions options;
  options.sparse_folders = {"./deploy/web", "ops/"};
  EXPECT_EQ(
      list("{'deploy/web/a': '', 'deploy/web2/a': '', 'ops/b': '', 'top': ''}", options),
      "deploy/ deploy/web/ deploy/web/a ops/ ops/b "
  );
  options.sparse_folders = {"nowhere"};
  EXPECT_EQ(
      failure<GitError>([&] { list("{}", options); }), "sparse checkout dir 'nowhere' does not exist in repository"
  );
}

TEST_F(GitArchive, LimitsNameWhatIsTooMuch) {
  SourceOptions options;
  options.max_files = 2;
  EXPECT_EQ(
      failure<LimitExceeded>([&] { list("{'c': ''}", options); }),
      "the source has more than 2 files, the limit for files and folders each; the first one too "
      "many is "
      "\"deploy/b.yaml\""
  );
  list("{'deploy/b.yaml': '12345'}");
  SourceReader reader{tree_};
  EXPECT_EQ(
      failure<LimitExceeded>([&] { reader.read(entries_[3], 4); }),
      "the file \"deploy/b.yaml\" has 5 bytes, more than the limit of 4"
  );
  EXPECT_EQ(reader.read(entries_[3], 5), "12345");
}

TEST_F(GitArchive, SubmodulesAreFetchedAndListedInTheirPlace) {
  python(
      "lib = server.repository('" + name_ +
      "-lib', {'lib.yaml': 'library'})\n"
      "deep = server.repository('" +
      name_ +
      "-deep', {'deep.yaml': 'deeper'})\n"
      "allow = ('-c', 'protocol.file.allow=always', '-c', 'protocol.http.allow=always')\n"
      "lib.git(*allow, 'submodule', 'add', '--quiet', deep.url, 'nested')\n"
      "lib.commit()\n"
      "repo.git(*allow, 'submodule', 'add', '--quiet', '--name', 'lib', lib.url, 'vendor/lib')\n"
      "repo.git('config', '-f', '.gitmodules', 'submodule.lib.url', '../" +
      name_ + "-lib.git')\n"
  );
  list("{}");
  const auto resolution = resolve(remote(), branch("main"));
  SourceOptions options;
  options.submodules = test::run(reactor_, client_.fetch_submodules(remote(), store(), resolution.commit));
  EXPECT_EQ(
      list("{}", options),
      "a.yaml deploy/ deploy/b.yaml vendor/ vendor/lib/ vendor/lib/lib.yaml vendor/lib/nested/ "
      "vendor/lib/nested/deep.yaml "
  );
  SourceReader reader{tree_};
  EXPECT_EQ(reader.read(entries_[7]), "deeper");
  EXPECT_EQ(reader.read(entries_[5]), "library");
  EXPECT_EQ(list("{}"), "a.yaml deploy/ deploy/b.yaml vendor/ ") << "without their commits links are left out";
}

/// One file of 20,000 changes: what travels and how long it takes.
TEST_F(GitArchive, ALargeRepositoryCostsOnlyWhatChanged) {
  python(
      "for i in range(20000):\n"
      "    repo.write(f'apps/group{i % 200}/file{i}.yaml', f'name: app-{i}\\n' + 'x: y\\n' * 30)\n"
  );
  python("repo.commit()");
  const auto first = resolve(remote(), branch("main"));
  fetch(remote(), first);
  python("repo.commit({'apps/group7/file7.yaml': 'changed'})");
  const auto mark = requests();
  const auto start = std::chrono::steady_clock::now();
  const auto second = resolve(remote(), branch("main"));
  const auto resolved = std::chrono::steady_clock::now();
  const auto report = fetch(remote(), second);
  const auto fetched = std::chrono::steady_clock::now();
  const auto tree = list_source(StoredCommit{store(), second.commit}, SourceOptions{});
  const auto listed = std::chrono::steady_clock::now();
  SourceReader reader{tree};
  std::size_t bytes = 0;
  for (const auto& entry : tree.entries) bytes += entry.is_folder ? 0 : reader.read(entry).size();
  const auto read = std::chrono::steady_clock::now();
  auto ms = [](auto length) { return std::chrono::duration_cast<std::chrono::milliseconds>(length).count(); };
  RecordProperty("resolve_ms", static_cast<int>(ms(resolved - start)));
  RecordProperty("fetch_ms", static_cast<int>(ms(fetched - resolved)));
  RecordProperty("list_ms", static_cast<int>(ms(listed - fetched)));
  RecordProperty("read_ms", static_cast<int>(ms(read - listed)));
  RecordProperty("pack_bytes", static_cast<int>(report.pack_bytes));
  EXPECT_EQ(tree.entries.size(), 20'000u + 2 + 200 + 2);
  EXPECT_LT(bytes_since(mark), 100'000u);
  EXPECT_LT(fetched - start, std::chrono::seconds{1});
}

}  // namespace
}  // namespace weir::git
