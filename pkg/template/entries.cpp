#include <algorithm>

#include "pkg/template/value.hpp"

namespace weir::templates {
namespace {

using Entry = Entries::Entry;

/// From here on entries that come out of order wait in the queue.
constexpr std::size_t kDirect = 256;
constexpr std::size_t kMaxQueue = 512;

bool is_before(const Value& left, const Value& right) {
  if (left.is_string() && right.is_string()) return left.as_string() < right.as_string();
  return compare_keys(left, right) < 0;
}

bool is_before(const Value& left, std::string_view right) {
  return left.is_string() ? left.as_string() < right : left.kind() < Kind::kString;
}

bool is_equal(const Value& left, const Value& right) { return compare_keys(left, right) == 0; }
bool is_equal(const Value& left, std::string_view right) { return left.is_string() && left.as_string() == right; }

template <class Key>
std::vector<Entry>::iterator place(std::vector<Entry>& entries, const Key& key) {
  return std::lower_bound(entries.begin(), entries.end(), key, [](const Entry& entry, const Key& wanted) {
    return is_before(entry.first, wanted);
  });
}

template <class Key>
Entry* search(std::vector<Entry>& entries, const Key& key) {
  const auto at = place(entries, key);
  return at != entries.end() && is_equal(at->first, key) ? &*at : nullptr;
}

std::int64_t bytes(std::size_t count) { return static_cast<std::int64_t>(count * sizeof(Entry)); }
void weigh(std::size_t count) { memory_in_use() += bytes(count); }

template <class Key>
Entry* search(std::vector<Entry>& sorted, std::vector<Entry>& queue, const Key& key) {
  Entry* const found = search(sorted, key);
  return found || queue.empty() ? found : search(queue, key);
}

}  // namespace

Entries::Entries(const Entries& other) : sorted_{other.begin(), other.end()} { weigh(size()); }

Entries& Entries::operator=(const Entries& other) {
  std::vector<Entry> copy{other.begin(), other.end()};
  clear();
  sorted_ = std::move(copy);
  weigh(size());
  return *this;
}

Entries::~Entries() { memory_in_use() -= bytes(size()); }

Entries::iterator Entries::find(const Value& key) const {
  const Entry* found = search(sorted_, queue_, key);
  return found ? found : end();
}

Entries::iterator Entries::find(std::string_view key) const {
  const Entry* found = search(sorted_, queue_, key);
  return found ? found : end();
}

void Entries::insert_or_assign(Value key, Value value) {
  if (!sorted_.empty() && is_before(sorted_.back().first, key) && queue_.empty()) {
    sorted_.emplace_back(std::move(key), std::move(value));
    return weigh(1);
  }
  if (Entry* found = search(sorted_, queue_, key)) {
    found->second = std::move(value);
    return;
  }
  weigh(1);
  if (sorted_.size() < kDirect) {
    const auto at = place(sorted_, key);
    sorted_.emplace(at, std::move(key), std::move(value));
    return;
  }
  const auto at = place(queue_, key);
  queue_.emplace(at, std::move(key), std::move(value));
  if (queue_.size() >= kMaxQueue) merge_queue();
}

std::size_t Entries::erase(const Value& key) {
  settle();
  const Entry* found = search(sorted_, key);
  if (!found) return 0;
  sorted_.erase(sorted_.begin() + (found - sorted_.data()));
  memory_in_use() -= bytes(1);
  return 1;
}

void Entries::clear() {
  memory_in_use() -= bytes(size());
  sorted_.clear();
  queue_.clear();
}

void Entries::assign(std::vector<Entry> entries) {
  clear();
  sorted_ = std::move(entries);
  const auto by_key = [](const Entry& left, const Entry& right) { return is_before(left.first, right.first); };
  if (!std::is_sorted(sorted_.begin(), sorted_.end(), by_key)) std::stable_sort(sorted_.begin(), sorted_.end(), by_key);
  // The last of equal keys stays.
  auto out = sorted_.begin();
  for (auto at = sorted_.begin(); at != sorted_.end(); ++at) {
    const auto next = at + 1;
    if (next != sorted_.end() && is_equal(at->first, next->first)) continue;
    if (out != at) *out = std::move(*at);
    ++out;
  }
  sorted_.erase(out, sorted_.end());
  weigh(size());
}

void Entries::merge_queue() const {
  const auto middle = static_cast<std::ptrdiff_t>(sorted_.size());
  sorted_.insert(sorted_.end(), std::make_move_iterator(queue_.begin()), std::make_move_iterator(queue_.end()));
  queue_.clear();
  std::inplace_merge(
      sorted_.begin(),
      sorted_.begin() + middle,
      sorted_.end(),
      [](const Entry& left, const Entry& right) { return is_before(left.first, right.first); }
  );
}

}  // namespace weir::templates
