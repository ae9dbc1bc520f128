// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <midscale/statistics/holm_correction.hpp>
#include <midscale/statistics/welch_test.hpp>

namespace midscale {

/// What the runs of one version gave: each metric's values, one for each seed, in any order.
using metric_values = std::map<std::string, std::vector<double>>;

/// One metric of two versions.
struct compared_metric {
  std::string metric;
  double base_mean = 0;
  double new_mean = 0;
  double difference = 0;   ///< new - base
  interval between{};      ///< where the true difference is; this one alone, not corrected
  double p = 1;            ///< likewise
  double corrected_p = 1;  ///< over all metrics compared
  bool significant = false;
};

/// A metric that cannot be compared, and why.
struct uncompared_metric {
  std::string metric;
  std::string reason;

  friend bool operator==(const uncompared_metric&, const uncompared_metric&) = default;
};

/// Two versions beside each other.
struct comparison {
  std::vector<compared_metric> rows;            ///< by name
  std::vector<uncompared_metric> not_compared;  ///< by name

  [[nodiscard]] bool differs() const {
    return std::any_of(rows.begin(), rows.end(), [](const compared_metric& row) { return row.significant; });
  }
};

/// Compares two versions over a few seeds each, which should be disjoint: Welch's test for each metric, corrected over
/// metrics by Holm's method, so that of equal versions at most a share `alpha` shows any significant difference. That
/// holds for values that spread as a normal distribution does, and about so for others.
///
/// Where no value varies over the seeds, a difference is exact and needs no test. A metric that only one version has,
/// or that has fewer than two values in one, is not compared, which is told. Throws std::invalid_argument with a
/// sentence when a value is not finite, or alpha is not between 0 and 1.
[[nodiscard]] inline comparison compare(const metric_values& base, const metric_values& changed,
                                        double alpha = 0.05) {
  if (!(alpha > 0 && alpha < 1))
    throw std::invalid_argument("alpha: " + std::to_string(alpha) + " is not between 0 and 1");
  const auto check = [](const metric_values& values, const char* of) {
    for (const auto& [metric, list] : values) {
      if (!std::all_of(list.begin(), list.end(), [](double each) { return std::isfinite(each); }))
        throw std::invalid_argument(metric + ": a value of the " + of + " is not finite");
    }
  };
  check(base, "base");
  check(changed, "new version");

  comparison result;
  std::vector<double> p;
  for (const auto& [metric, values] : base) {
    const auto other = changed.find(metric);
    if (other == changed.end()) {
      result.not_compared.push_back({metric, "the new version does not have it"});
    } else if (values.size() < 2 || other->second.size() < 2) {
      result.not_compared.push_back({metric, "it has fewer than two values"});
    } else {
      const welch_result tested = welch_test(values, other->second, 1 - alpha);
      result.rows.push_back({.metric = metric,
                             .base_mean = tested.base_mean,
                             .new_mean = tested.new_mean,
                             .difference = tested.difference,
                             .between = tested.between,
                             .p = tested.p});
      p.push_back(tested.p);
    }
  }
  for (const auto& [metric, values] : changed) {
    if (!base.contains(metric)) result.not_compared.push_back({metric, "the base does not have it"});
  }
  std::sort(result.not_compared.begin(), result.not_compared.end(),
            [](const uncompared_metric& a, const uncompared_metric& b) { return a.metric < b.metric; });
  const std::vector<double> corrected = holm_correction(p);
  for (std::size_t row = 0; row < corrected.size(); ++row) {
    result.rows[row].corrected_p = corrected[row];
    result.rows[row].significant = corrected[row] < alpha;
  }
  return result;
}

}  // namespace midscale
