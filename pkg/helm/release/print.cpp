#include "pkg/helm/release/print.hpp"

#include <ostream>
#include <string_view>

#include "pkg/base/text.hpp"

namespace weir::helm {
namespace {

/// Passes texts on, without the blanks at both ends of the whole.
template <class Write>
class Trimmed {
 public:
  explicit Trimmed(Write& write) : write_{write} {}

  void add(std::string_view text) {
    const auto inner = text::trim(text);
    if (inner.empty()) {
      if (has_begun_) blanks_ += text;
      return;
    }
    const auto begin = static_cast<std::size_t>(inner.data() - text.data());
    write_(blanks_);
    write_(has_begun_ ? text.substr(0, begin + inner.size()) : inner);
    blanks_ = text.substr(begin + inner.size());
    has_begun_ = true;
  }

 private:
  Write& write_;
  std::string blanks_;  // written when more comes
  bool has_begun_ = false;
};

template <class Write>
void add_document(Write&& write, std::string_view path, std::string_view text) {
  write("---\n# Source: ");
  write(path);
  write("\n");
  write(text);
  write("\n");
}

template <class Write>
void print_pieces(const RenderedRelease& release, const PrintOptions& options, Write write) {
  Trimmed<Write> objects{write};
  const auto add = [&objects](std::string_view text) { objects.add(text); };
  if (options.includes_crds) {
    for (const auto& crd : release.crds) add_document(add, crd.path, crd.file.view());
  }
  for (const auto& manifest : release.manifests) add_document(add, manifest.path, manifest.text);
  write("\n");
  for (const auto& hook : release.hooks) {
    if (is_printed(hook, options)) add_document(write, hook.path, hook.text);
  }
}

}  // namespace

bool is_printed(const Hook& hook, const PrintOptions& options) {
  return options.has_hooks && (options.has_tests || !hook.runs_at(HookEvent::kTest));
}

std::string print(const RenderedRelease& release, const PrintOptions& options) {
  std::string out;
  print_pieces(release, options, [&out](std::string_view text) { out += text; });
  return out;
}

void print(const RenderedRelease& release, const PrintOptions& options, std::ostream& out) {
  constexpr std::size_t kPiece = 64U << 10U;
  std::string piece;
  const auto flush = [&] {
    out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
    piece.clear();
  };
  print_pieces(release, options, [&](std::string_view text) {
    if (piece.size() + text.size() > kPiece) flush();
    if (text.size() > kPiece) {
      out.write(text.data(), static_cast<std::streamsize>(text.size()));
    } else {
      piece += text;
    }
  });
  flush();
}

}  // namespace weir::helm
