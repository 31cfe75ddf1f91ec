// Whole builds: the input is a tree of files, each begun by a line "== path"; what comes first is the kustomization. No
// input may crash a build, and two builds of the same tree give the same.
#include <cstdint>
#include <string>
#include <string_view>

#include "pkg/kustomize/build.hpp"
#include "pkg/kustomize/memory_file_system.hpp"
#include "pkg/yaml/documents.hpp"
#include "test/fuzz/require.hpp"

namespace {

void add_files(weir::kustomize::MemoryFileSystem& files, std::string_view text) {
  std::string path = "kustomization.yaml";
  std::string content;
  const auto finish = [&] { files.write("/tree/" + path, std::move(content)); };
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    const auto line = text.substr(0, end);
    text.remove_prefix(end);
    if (line.starts_with("== ") && line.ends_with('\n')) {
      if (!content.empty() || path != "kustomization.yaml") finish();
      path = line.substr(3, line.size() - 4);
      content.clear();
    } else {
      content += line;
    }
  }
  finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir::kustomize;
  MemoryFileSystem files;
  add_files(files, {reinterpret_cast<const char*>(data), size});
  BuildOptions options;
  options.limits.alias_nodes = 10'000;
  options.limits.nesting = 100;
  options.limits.directories = 20;
  options.limits.resources = 1'000;
  options.profile = size % 2 == 0 ? Profile::kKustomize : Profile::kFlux;
  const std::string root = files.type("/tree/top") == EntryType::kDirectory ? "/tree/top" : "/tree";
  const auto once = build_text(files, root, options);
  const auto again = build_text(files, root, options);
  require(once.has_value() == again.has_value());
  if (!once) {
    require(!once.error().text().empty());
    require(once.error() == again.error());
    return 0;
  }
  require(once->text == again->text);
  require(are_current(files, once->inputs));
  weir::yaml::ParseOptions parse;
  require(weir::yaml::parse_documents(once->text, parse).has_value());
  const auto values = build(files, root, options);
  require(values.has_value());
  return 0;
}
