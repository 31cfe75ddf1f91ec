#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir::runtime {

using MetricLabels = std::map<std::string, std::string>;

class Counter {
 public:
  /// A negative or zero amount changes nothing.
  void increment(double by = 1) {
    if (by > 0) value_ += by;
  }
  void print(std::string& out, std::string_view name, const MetricLabels& labels) const;

 private:
  double value_ = 0;
};

class Gauge {
 public:
  void set(double value) { value_ = value; }
  void print(std::string& out, std::string_view name, const MetricLabels& labels) const;

 private:
  double value_ = 0;
};

class Histogram {
 public:
  /// @param bounds  the upper bounds of the buckets, ascending; one without a bound follows
  explicit Histogram(std::vector<double> bounds) : bounds_{std::move(bounds)}, counts_(bounds_.size() + 1) {}
  void observe(double value);
  void print(std::string& out, std::string_view name, const MetricLabels& labels) const;

 private:
  std::vector<double> bounds_;
  std::vector<std::uint64_t> counts_;
  double sum_ = 0;
};

/// The series of one name, by their labels. What is added stays where it is until it is removed.  Threads: one.
template <class Metric>
class MetricFamily {
 public:
  explicit MetricFamily(std::string help) : help_{std::move(help)} {}
  MetricFamily(const MetricFamily&) = delete;
  MetricFamily& operator=(const MetricFamily&) = delete;

  /// The series with these labels, made from the arguments if there is none.
  template <class... Arguments>
  Metric& add(MetricLabels labels, Arguments&&... arguments) {
    const auto [at, is_new] = series_.try_emplace(std::move(labels), std::forward<Arguments>(arguments)...);
    if (is_new) places_.emplace(&at->second, at);
    return at->second;
  }
  void remove(const Metric* metric) {
    const auto at = places_.find(metric);
    if (at == places_.end()) return;
    series_.erase(at->second);
    places_.erase(at);
  }
  /// Nothing, when there is no series.
  void print(std::string& out, std::string_view name, std::string_view type) const;

 private:
  using Series = std::map<MetricLabels, Metric>;
  std::string help_;
  Series series_;
  std::unordered_map<const Metric*, typename Series::iterator> places_;
};

/// Families by their names, each made at its first use, with the help of that use.  Threads: one.
class MetricRegistry {
 public:
  MetricFamily<Counter>& counter(const std::string& name, const std::string& help) {
    return counters_.try_emplace(name, help).first->second;
  }
  MetricFamily<Gauge>& gauge(const std::string& name, const std::string& help) {
    return gauges_.try_emplace(name, help).first->second;
  }
  MetricFamily<Histogram>& histogram(const std::string& name, const std::string& help) {
    return histograms_.try_emplace(name, help).first->second;
  }
  /// In the order of kinds, names and labels.  Source: Prometheus, "Text-based format", version 0.0.4.
  std::string text() const;

 private:
  std::map<std::string, MetricFamily<Counter>> counters_;
  std::map<std::string, MetricFamily<Gauge>> gauges_;
  std::map<std::string, MetricFamily<Histogram>> histograms_;
};

}  // namespace weir::runtime
