#include "pkg/live/inventory.hpp"

#include <string_view>
#include <utility>

#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"

namespace weir::live {
namespace {

constexpr std::size_t kFrameBytes = std::string_view{R"({"id":"","v":""},)"}.size();

std::size_t bytes_of(const api::InventoryEntry& entry) { return entry.id.size() + entry.version.size() + kFrameBytes; }

std::optional<ssa::ObjectId> id_of(const api::InventoryEntry& entry) {
  auto identity = api::ObjectIdentity::parse(entry.id);
  if (identity.has_error()) return std::nullopt;
  return ssa::ObjectId{
      std::move(identity->group),
      entry.version,
      std::move(identity->kind),
      std::move(identity->namespace_),
      std::move(identity->name)};
}

}  // namespace

std::string Inventory::name_of(const ssa::ObjectId& id) {
  return api::ObjectIdentity{id.namespace_, id.name, id.group, id.kind}.id();
}

Inventory::Inventory(const std::optional<api::Inventory>& stored) {
  if (!stored) return;
  for (const auto& entry : stored->entries) entries_.emplace(entry.id, entry);
}

void Inventory::insert(const ssa::ObjectId& id) {
  auto name = name_of(id);
  api::InventoryEntry entry{name, id.version};
  entries_.insert_or_assign(std::move(name), std::move(entry));
}

void Inventory::merge(const Inventory& other) { entries_.insert(other.entries_.begin(), other.entries_.end()); }

void Inventory::erase(const ssa::ObjectId& id) { entries_.erase(name_of(id)); }

bool Inventory::contains(const ssa::ObjectId& id) const { return entries_.contains(name_of(id)); }

std::uint64_t Inventory::hash() const {
  std::string all;
  for (const auto& [name, entry] : entries_) text::append(all, name, " ", entry.version, "\n");
  return table_hash(all);
}

std::size_t Inventory::stored_bytes() const {
  std::size_t out = 0;
  for (const auto& [name, entry] : entries_) out += bytes_of(entry);
  return out;
}

std::vector<ssa::ObjectId> Inventory::objects() const { return without({}); }

std::vector<ssa::ObjectId> Inventory::without(const Inventory& other) const {
  std::vector<ssa::ObjectId> out;
  for (const auto& [name, entry] : entries_) {
    if (other.entries_.contains(name)) continue;
    if (auto id = id_of(entry)) out.push_back(std::move(*id));
  }
  return out;
}

std::vector<ssa::ObjectId> Inventory::excess(const Inventory& other) const {
  std::vector<ssa::ObjectId> out;
  std::size_t bytes = stored_bytes();
  for (const auto& [name, entry] : entries_) {
    if (bytes <= kMostStoredBytes) break;
    if (other.entries_.contains(name)) continue;
    auto id = id_of(entry);
    if (!id) continue;
    out.push_back(std::move(*id));
    bytes -= bytes_of(entry);
  }
  return out;
}

api::Inventory Inventory::stored() const {
  api::Inventory out;
  out.entries.reserve(entries_.size());
  for (const auto& [name, entry] : entries_) out.entries.push_back(entry);
  return out;
}

}  // namespace weir::live
