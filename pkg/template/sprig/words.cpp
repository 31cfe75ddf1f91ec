#include "pkg/template/sprig/words.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "pkg/template/unicode.hpp"

namespace weir::templates::sprig {
namespace {

using unicode::Rune;

template <class Visit>
void each_rune(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const auto next = unicode::decode(text);
    visit(next.rune, text.substr(0, next.size));
    text.remove_prefix(next.size);
  }
}

bool is_connector(Rune rune) { return rune == '-' || rune == '_' || unicode::is_space(rune); }

/// Letters that have no case count as a part of words too, as long as they are no digits or
/// punctuation.
bool is_alphabetic(Rune rune) { return unicode::is_letter(rune); }

enum class WordKind { kNone, kNumber, kUpper, kLower, kConnector, kPunctuation, kOther };

struct Word {
  WordKind kind = WordKind::kNone;
  std::string_view text;
};

WordKind kind_of(Rune rune) {
  if (is_connector(rune)) return WordKind::kConnector;
  if (unicode::is_punctuation(rune)) return WordKind::kPunctuation;
  if (unicode::is_upper(rune)) return WordKind::kUpper;
  if (is_alphabetic(rune)) return WordKind::kLower;
  if (unicode::is_number(rune)) return WordKind::kNumber;
  return WordKind::kOther;
}

/// Takes the longest word off the front: "HTTPServer" gives HTTP, "Server" gives Server.
Word take_word(std::string_view& rest) {
  Word out;
  if (rest.empty()) return out;
  std::size_t at = unicode::decode(rest).size;
  std::size_t last_size = at;
  out.kind = kind_of(unicode::decode(rest).rune);
  const auto kind_at = [&](std::size_t place) {
    return place < rest.size() ? kind_of(unicode::decode(rest.substr(place)).rune) : WordKind::kNone;
  };
  const auto take = [&](WordKind kind) {
    while (kind_at(at) == kind) {
      last_size = unicode::decode(rest.substr(at)).size;
      at += last_size;
    }
  };
  if (out.kind == WordKind::kUpper) {
    if (kind_at(at) == WordKind::kUpper) {
      take(WordKind::kUpper);
      if (kind_at(at) == WordKind::kLower) at -= last_size;  // that capital begins the next word
    } else {
      take(WordKind::kLower);
    }
  } else {
    take(out.kind);
  }
  out.text = rest.substr(0, at);
  rest.remove_prefix(at);
  return out;
}

void append_lower(std::string& out, const Word& word, char separator) {
  if (word.kind != WordKind::kUpper && word.kind != WordKind::kConnector) {
    out += word.text;
    return;
  }
  each_rune(word.text, [&](Rune rune, std::string_view) {
    if (is_connector(rune)) {
      out += separator;
    } else {
      unicode::append(out, unicode::to_lower(rune));
    }
  });
}

bool ends_part(WordKind kind) { return kind == WordKind::kPunctuation || kind == WordKind::kConnector; }

bool is_alphanumeric_word(WordKind kind) { return kind == WordKind::kLower || kind == WordKind::kNumber; }

}  // namespace

std::string without_space(std::string_view text) {
  std::string out;
  each_rune(text, [&](Rune rune, std::string_view bytes) {
    if (!unicode::is_space(rune)) out += bytes;
  });
  return out;
}

std::string initials(std::string_view text) {
  std::string out;
  bool is_start = true;
  each_rune(text, [&](Rune rune, std::string_view bytes) {
    const bool is_space = unicode::is_space(rune);
    if (is_start && !is_space) out += bytes;
    is_start = is_space;
  });
  return out;
}

std::string title_case(std::string_view text) {
  std::string out;
  Rune before = ' ';
  each_rune(text, [&](Rune rune, std::string_view) {
    const bool is_word = unicode::is_letter(before) || unicode::is_digit(before) || before == '_';
    // Apart from blanks, what is no letter separates words in ASCII only.
    const bool separates = before < 0x80 ? !is_word : !is_word && unicode::is_space(before);
    unicode::append(out, separates ? unicode::to_title(rune) : rune);
    before = rune;
  });
  return out;
}

std::string untitled(std::string_view text) {
  std::string out;
  bool is_start = true;
  each_rune(text, [&](Rune rune, std::string_view) {
    const bool is_space = unicode::is_space(rune);
    unicode::append(out, is_start && !is_space ? unicode::to_lower(rune) : rune);
    is_start = is_space;
  });
  return out;
}

std::string swapped_case(std::string_view text) {
  std::string out;
  bool is_start = true;
  each_rune(text, [&](Rune rune, std::string_view) {
    const bool is_title = unicode::to_title(rune) == rune && unicode::to_lower(rune) != rune;
    if (unicode::is_upper(rune) || is_title) {
      unicode::append(out, unicode::to_lower(rune));
      is_start = false;
    } else if (unicode::is_lower(rune)) {
      unicode::append(out, is_start ? unicode::to_title(rune) : unicode::to_upper(rune));
      is_start = false;
    } else {
      unicode::append(out, rune);
      is_start = unicode::is_space(rune);
    }
  });
  return out;
}

std::string separated_words(std::string_view text, char separator) {
  std::string out;
  std::string_view rest = text;
  Word word = take_word(rest);
  const auto put = [&](const Word& what) { append_lower(out, what, separator); };
  // Letters in lower case and digits that follow a number belong to it: "20x".
  const auto put_number_tail = [&] {
    while (is_alphanumeric_word(word.kind)) {
      put(word);
      word = take_word(rest);
    }
  };
  while (!rest.empty()) {
    const Word before = word;
    if (before.kind != WordKind::kConnector) put(before);
    word = take_word(rest);
    if (before.kind == WordKind::kConnector) {
      put(before);
    } else if (before.kind == WordKind::kNumber) {
      put_number_tail();
      if (word.kind != WordKind::kNone && !ends_part(word.kind)) out += separator;
    } else if (before.kind != WordKind::kPunctuation) {
      if (word.kind != WordKind::kNumber) {
        if (!ends_part(word.kind)) out += separator;
        continue;
      }
      if (rest.empty()) continue;
      const Word number = word;
      word = take_word(rest);
      if (word.kind == WordKind::kLower) {  // "HTTP2xx" as "http_2xx"
        out += separator;
        put(number);
        put_number_tail();
        if (word.kind != WordKind::kNone && !ends_part(word.kind)) out += separator;
      } else {  // "Bld4Floor" as "bld4_floor"
        put(number);
        if (!ends_part(word.kind)) out += separator;
      }
    }
  }
  put(word);
  return out;
}

std::string camel_case(std::string_view text) {
  std::vector<Rune> runes;
  each_rune(text, [&](Rune rune, std::string_view) { runes.push_back(rune); });
  std::string out;
  std::size_t at = 0;
  // Connectors at the start stay.
  while (at < runes.size() && is_connector(runes[at])) unicode::append(out, runes[at++]);
  if (at == runes.size()) return out;
  bool lowers = unicode::is_upper(runes[at]);  // a word in capitals keeps only its first
  Rune last = unicode::to_upper(runes[at++]);
  for (; at < runes.size(); ++at) {
    Rune rune = runes[at];
    const bool follows_connector = is_connector(last);
    if (is_connector(rune) && follows_connector) {
      unicode::append(out, last);
    } else if (follows_connector) {
      lowers = unicode::is_upper(rune);
      rune = unicode::to_upper(rune);
    } else {
      if (lowers && unicode::is_upper(rune)) {
        rune = unicode::to_lower(rune);
      } else {
        lowers = false;
      }
      unicode::append(out, last);
    }
    last = rune;
  }
  unicode::append(out, last);
  return out;
}

std::string wrapped(
    std::string_view text, std::int64_t width, std::string_view separator, LongWords long_words, Budget& budget
) {
  const auto limit = static_cast<std::size_t>(std::max<std::int64_t>(width, 1));
  BoundedText out{budget};
  const auto put_line = [&](std::size_t size, std::size_t skip) {
    out.append(text.substr(0, size));
    out.append(separator);
    text.remove_prefix(std::min(size + skip, text.size()));
  };
  while (text.size() > limit) {
    if (text.front() == ' ') {
      text.remove_prefix(1);
      continue;
    }
    const auto blank = text.substr(0, limit + 1).rfind(' ');
    if (blank != std::string_view::npos) {
      put_line(blank, 1);
    } else if (long_words == LongWords::kBreak) {
      put_line(limit, 0);
    } else if (const auto next = text.find(' ', limit); next != std::string_view::npos) {
      put_line(next, 1);
    } else {
      break;
    }
  }
  out.append(text);
  return out.take();
}

}  // namespace weir::templates::sprig
