// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <midscale/command_line/progress_line.hpp>
#include <midscale/command_line/ranks.hpp>
#include <midscale/command_line/run_apart.hpp>
#include <midscale/command_line/sweep_folder.hpp>
#include <midscale/command_line/sweep_plan.hpp>

namespace midscale {

/// Makes a folder and one run, and leaves its files there.
using make_run = std::function<void(const std::filesystem::path&, const parameters&, const run_progress&)>;

/// Makes the runs of a plan that are not finished, one after another, those that no other process makes. Each run is a
/// process of its own.
class sweep {
 public:
  /// How far all processes are is told to `to`, if that is not null.
  sweep(sweep_folder& folder, const std::vector<planned_run>& plan, make_run make, std::FILE* to)
      : folder_(folder), plan_(plan), make_(std::move(make)), done_(plan.size()) {
    for (const planned_run& each : plan_) work_ += work_of(each);
    if (to != nullptr) told_.emplace(name_of(look().second), look().first, to);
  }

  void run() {
    for (std::size_t at = 0; at < plan_.size(); ++at) {
      if (folder_.finished(plan_[at].folder) || !folder_.claim(at)) continue;
      // It may have been finished between the two.
      if (folder_.finished(plan_[at].folder)) continue;
      if (const auto wrong = make(plan_[at])) folder_.note_failure(at, *wrong);
    }
  }
  /// Waits until no other process makes runs, and tells what is finished. True where all is.
  [[nodiscard]] bool end() {
    while (!folder_.try_end()) {
      show(0, {});
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    std::vector<std::filesystem::path> runs;
    std::size_t missing = 0;
    for (std::size_t at = 0; at < plan_.size(); ++at) {
      runs.push_back(plan_[at].folder);
      if (folder_.finished(plan_[at].folder)) continue;
      ++missing;
      const std::string why = folder_.failure(at);
      tell(plan_[at].folder.string() + " failed: " + (why.empty() ? "the process that made it died" : why));
    }
    folder_.gather(runs);
    const std::string all = std::to_string(plan_.size());
    if (missing == 0) tell("all " + all + " runs are in " + folder_.path().string());
    if (missing != 0)
      tell(std::to_string(missing) + " of " + all + " runs are missing; the same command makes them again");
    return missing == 0;
  }

 private:
  // How long a run takes goes about so.
  static double work_of(const planned_run& run) {
    return static_cast<double>(run.values.nodes()) * (run.values.warm_up + run.values.duration);
  }
  std::optional<std::string> make(const planned_run& run) {
    try {
      const auto folder = folder_.path() / run.folder;
      return apart::run(
          [&](const run_progress& done) { make_(folder, run.values, done); },
          [&](double share) { show(share * work_of(run) / work_, ", " + run.folder.string()); });
    } catch (const std::exception& wrong) {
      return wrong.what();
    }
  }
  // The share of all work that is in finished runs, and how many they are. Other processes finish some too.
  std::pair<double, std::size_t> look() {
    double finished = 0;
    std::size_t count = 0;
    for (std::size_t at = 0; at < plan_.size(); ++at) {
      if (!done_[at]) done_[at] = folder_.finished(plan_[at].folder);
      if (done_[at]) finished += work_of(plan_[at]);
      if (done_[at]) ++count;
    }
    return {finished / work_, count};
  }
  [[nodiscard]] std::string name_of(std::size_t finished) const {
    return std::to_string(finished) + " of " + std::to_string(plan_.size()) + " runs";
  }
  // With this share of all work done by the run that is being made here.
  void show(double share, const std::string& run) {
    if (!told_ || !told_->due()) return;
    const auto [finished, count] = look();
    told_->rename(name_of(count) + run);
    told_->show(std::min(finished + share, 1.0));
  }
  void tell(const std::string& line) {
    if (told_) told_->tell(line);
  }

  sweep_folder& folder_;
  const std::vector<planned_run>& plan_;
  make_run make_;
  std::optional<progress_line> told_;
  std::vector<bool> done_;
  double work_ = 0;
};

/// Starts or resumes the sweep in a folder, with all processes that mpirun started. Gives the exit code: 0 where all
/// runs are finished, 1 where one failed or its process died. Throws file_trouble and std::invalid_argument where the
/// sweep cannot start, with mpirun only in the first of its processes.
inline int sweep_into(const std::filesystem::path& path, const sweep_request& asked, const make_run& make,
                      std::FILE* to) {
  ranks all;
  try {
    const std::vector<planned_run> plan = plan_of(asked);
    sweep_folder folder(path);
    if (all.first()) folder.begin(json_of(asked));
    if (!all.leave(true)) return 0;
    if (!all.first()) folder.join();
    sweep here(folder, plan, make, all.first() ? to : nullptr);
    here.run();
    return all.first() && !here.end() ? 1 : 0;
  } catch (const std::exception& wrong) {
    const bool started = all.leave(false);
    if (all.first()) throw;
    // Another one fails quietly, for mpirun would end all of them; what it did not make is missed in the end.
    if (started) std::fprintf(to, "%s\n", wrong.what());
    return 0;
  }
}

}  // namespace midscale
