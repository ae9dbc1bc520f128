// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <midscale/results/run_folders.hpp>
#include <midscale/statistics/comparison.hpp>
#include <midscale/statistics/run_metrics.hpp>

namespace midscale {

/// The runs of two versions that have all parameters alike but the seed.
struct compared_group {
  std::string name;  ///< the scenario, and the parameters in which groups differ, such as "shards churn=0.2"
  std::vector<std::uint64_t> base_seeds, new_seeds;  ///< in ascending order
  metric_values base, changed;                       ///< in the order of the seeds
};

/// All runs below two folders beside each other.
struct folder_comparison {
  std::vector<compared_group> groups;  ///< by name, as their metrics
  comparison found;                    ///< of all metrics of all groups, which are named "group / metric"
  std::vector<std::string> remarks;    ///< sentences on what was not compared
};

/// Compares folders; see compare_folders().
class folder_comparer {
 public:
  folder_comparer(const std::filesystem::path& base, const std::filesystem::path& changed)
      : base_{"the base", read(base)}, new_{"the new version", read(changed)} {}

  [[nodiscard]] folder_comparison compare(double alpha) {
    share_parameters();
    group(base_);
    group(new_);
    name_groups();
    metric_values base;
    metric_values changed;
    for (const auto& [key, runs] : base_.groups) {
      const auto other = new_.groups.find(key);
      if (other == new_.groups.end()) continue;
      made_.groups.push_back(compared(names_.at(key), runs, other->second));
    }
    std::sort(made_.groups.begin(), made_.groups.end(),
              [](const compared_group& a, const compared_group& b) { return a.name < b.name; });
    for (const compared_group& each : made_.groups) {
      for (const auto& [metric, values] : each.base) base[each.name + " / " + metric] = values;
      for (const auto& [metric, values] : each.changed) changed[each.name + " / " + metric] = values;
    }
    for (const auto* side : {&base_, &new_}) {
      for (const auto& [key, runs] : side->groups) {
        if (!base_.groups.contains(key) || !new_.groups.contains(key))
          made_.remarks.push_back("only " + side->name + " has runs of " + names_.at(key));
      }
    }
    made_.found = midscale::compare(base, changed, alpha);
    for (const uncompared_metric& each : made_.found.not_compared)
      made_.remarks.push_back(each.metric + " is not compared: " + each.reason);
    return std::move(made_);
  }

 private:
  using asked = std::map<std::string, json>;
  using runs_by_seed = std::map<std::uint64_t, const run_metrics*>;
  struct version {
    std::string name;
    std::vector<run_metrics> runs;
    std::map<std::string, runs_by_seed> groups{};  // by the text of what was asked
  };

  static std::vector<run_metrics> read(const std::filesystem::path& folder) {
    std::vector<run_metrics> made;
    for (const auto& each : run_folders(folder)) made.push_back(run_metrics_of(each));
    return made;
  }

  // A parameter that one version lacks is as it is there: groups go by those that both have.
  void share_parameters() {
    const auto names = [](const version& of) {
      std::set<std::string> found;
      for (const run_metrics& run : of.runs)
        for (const auto& [name, value] : run.asked) found.insert(name);
      return found;
    };
    const std::set<std::string> in_base = names(base_);
    const std::set<std::string> in_new = names(new_);
    std::set_intersection(in_base.begin(), in_base.end(), in_new.begin(), in_new.end(),
                          std::inserter(shared_, shared_.end()));
    for (const auto* side : {&base_, &new_}) {
      for (const std::string& name : side == &base_ ? in_base : in_new) {
        if (shared_.contains(name)) continue;
        made_.remarks.push_back("only " + side->name + " has the parameter " + name);
        one_value(*side, name);
      }
    }
  }
  static void one_value(const version& of, const std::string& name) {
    std::set<std::string> values;
    for (const run_metrics& run : of.runs)
      values.insert(run.asked.contains(name) ? run.asked.at(name).dump() : "nothing");
    if (values.size() > 1)
      throw std::invalid_argument("the runs of " + of.name + " differ in " + name +
                                  ", a parameter that the other version does not have");
  }

  [[nodiscard]] std::string key_of(const run_metrics& run) const {
    json made = json::object();
    for (const std::string& name : shared_)
      if (const auto found = run.asked.find(name); found != run.asked.end()) made[name] = found->second;
    return made.dump();
  }
  void group(version& of) {
    for (const run_metrics& run : of.runs) {
      const std::string key = key_of(run);
      if (!of.groups[key].emplace(run.seed, &run).second)
        throw std::invalid_argument(of.name + " has the seed " + std::to_string(run.seed) +
                                    " twice for the same parameters");
      examples_[key] = &run;
    }
  }
  // A group's name has the values of those parameters that not all groups have alike.
  void name_groups() {
    std::set<std::string> differing;
    for (const auto& [key, run] : examples_)
      for (const std::string& name : shared_)
        if (text(*run, name) != text(*examples_.begin()->second, name)) differing.insert(name);
    for (const auto& [key, run] : examples_) {
      names_[key] = text(*run, "scenario");
      for (const std::string& name : differing)
        if (name != "scenario") names_[key] += " " + name + "=" + text(*run, name);
    }
  }
  static std::string text(const run_metrics& run, const std::string& name) {
    const auto found = run.asked.find(name);
    if (found == run.asked.end()) return "nothing";
    return found->second.is_string() ? found->second.get<std::string>() : found->second.dump();
  }

  static compared_group compared(const std::string& name, const runs_by_seed& base,
                                 const runs_by_seed& changed) {
    compared_group made{.name = name, .base_seeds = {}, .new_seeds = {}, .base = {}, .changed = {}};
    // A count of hops that no message needed is not in a summary, which is a share of 0.
    std::set<std::string> hops;
    for (const auto* runs : {&base, &changed})
      for (const auto& [seed, run] : *runs)
        for (const auto& [metric, value] : run->metrics)
          if (metric.starts_with("hops.")) hops.insert(metric);
    const auto fill = [&](const runs_by_seed& runs, std::vector<std::uint64_t>& seeds, metric_values& into) {
      for (const auto& [seed, run] : runs) {
        seeds.push_back(seed);
        for (const auto& [metric, value] : run->metrics) into[metric].push_back(value);
        for (const std::string& metric : hops)
          if (!run->metrics.contains(metric)) into[metric].push_back(0);
      }
    };
    fill(base, made.base_seeds, made.base);
    fill(changed, made.new_seeds, made.changed);
    return made;
  }

  version base_, new_;
  std::set<std::string> shared_;
  std::map<std::string, const run_metrics*> examples_;  // of each group
  std::map<std::string, std::string> names_;
  folder_comparison made_;
};

/// Compares all finished runs below two folders, those with equal parameters, over their seeds. Holm's correction is
/// over all metrics of all groups together, so that of equal versions at most a share `alpha` of comparisons shows any
/// significant difference, however many scenarios they are of.
///
/// Throws file_trouble where a folder holds no runs, and std::invalid_argument where they cannot be told apart.
[[nodiscard]] inline folder_comparison compare_folders(const std::filesystem::path& base,
                                                       const std::filesystem::path& changed,
                                                       double alpha = 0.05) {
  return folder_comparer(base, changed).compare(alpha);
}

}  // namespace midscale
