#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/meta/v1/kind.hpp"
#include "pkg/runtime/kind_traits.hpp"

namespace weir::runtime {

/// A kind that is none of Flux's: nothing to clean up, never suspended, no requests, and its conditions elsewhere.
struct NoteSpec {
  std::string text;
};
template <class Fields>
void describe(Fields& fields, NoteSpec& spec) {
  fields.required("text", spec.text);
}
struct NoteStatus {
  std::int64_t seen = -1;
  std::vector<api::Condition> news;
};
template <class Fields>
void describe(Fields& fields, NoteStatus& status) {
  fields.optional("seen", status.seen);
  fields.optional("news", status.news);
}
struct Note {
  static constexpr api::KindNames kNames{"test.weir.dev", "v1", "Note", "notes"};
  api::ObjectMeta metadata;
  NoteSpec spec;
  NoteStatus status;
};
template <class Fields>
void describe(Fields& fields, Note& note) {
  api::describe_object(fields, note);
}

template <>
struct KindTraits<Note> {
  static constexpr std::string_view kFinalizer{};
  static bool is_suspended(const Note&) { return false; }
  static std::string_view request(const api::ObjectMeta&) { return ""; }
  static std::string* handled_request(Note&) { return nullptr; }
  static const Conditions& conditions(const Note& note) { return note.status.news; }
  static StatusParts status_parts(Note& note) { return {note.metadata, note.status.news, note.status.seen}; }
};

}  // namespace weir::runtime
