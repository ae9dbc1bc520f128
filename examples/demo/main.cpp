// SPDX-License-Identifier: Apache-2.0 OR MIT
/// Sends lines of text through a simulated network full of faults, by every strategy, and shows what comes
/// out.
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

#include "arguments.hpp"
#include "input.hpp"
#include "report.hpp"
#include "rows.hpp"

namespace {

constexpr int wrong_usage = 2;

/// The rows in the order of the table.
std::vector<demo::strategy> all_strategies() {
  std::vector<demo::strategy> found;
  for (const std::string_view name :
       {"none", "L1", "L2", "L3", "L4", "S1", "S2", "S3", "F1", "F2", "F3", "F4", "all"}) {
    for (const auto part : {demo::publishing_strategies(), demo::receiving_strategies()}) {
      for (const demo::strategy& each : part) {
        if (each.name == name) found.push_back(each);
      }
    }
  }
  return found;
}

bool shows_progress() {
#if defined(_WIN32)
  return _isatty(_fileno(stderr)) != 0;
#else
  return isatty(STDERR_FILENO) != 0;
#endif
}

/// A bar on standard error that is wiped when it goes. Nothing unless that is a terminal.
class progress_bar {
 public:
  progress_bar() : shown_(shows_progress()) {}
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;
  ~progress_bar() {
    if (shown_) std::fputs("\r\033[K", stderr);
  }
  void show(std::string_view strategy, double done) const {
    if (!shown_) return;
    constexpr int width = 40;
    const int full = static_cast<int>(done * width);
    std::string bar(static_cast<std::size_t>(full), '#');
    bar.resize(width, '.');
    std::fprintf(stderr, "\r\033[K[%s] %3.0f %%  %.*s", bar.c_str(), 100 * done,
                 static_cast<int>(strategy.size()), strategy.data());
    std::fflush(stderr);
  }

 private:
  bool shown_;
};

demo::row run(const demo::strategy& each, const demo::experiment& setting, const progress_bar& bar,
              std::size_t before, std::size_t rows) {
  demo::row done = each.run(setting, [&](double share) {
    bar.show(each.name, (static_cast<double>(before) + share) / static_cast<double>(rows));
  });
  done.strategy = each.name;
  return done;
}

/// Adds what struck and acted in a row to the sums, which keep the order in which names come up.
void add_fired(demo::results& all, const demo::strategy& each, const demo::row& done) {
  const auto add = [&all](std::string_view name, std::uint64_t count) {
    const auto place =
        std::find_if(all.fired.begin(), all.fired.end(), [&](const auto& own) { return own.first == name; });
    if (place == all.fired.end()) {
      all.fired.emplace_back(name, count);
    } else {
      place->second += count;
    }
  };
  for (std::size_t kind = 0; kind < demo::wt::fault_kinds; ++kind) {
    const auto fault = static_cast<demo::wt::fault_kind>(kind);
    add(demo::wt::name_of(fault), done.faults.count(fault));
  }
  for (const demo::policy_count& policy : each.policies) add(policy.policy, done.acts.*policy.count);
}

}  // namespace

int main(int count, char** words) {
  std::string complaint;
  const demo::arguments asked = demo::read_arguments({words + 1, words + count}, complaint);
  if (asked.help && complaint.empty()) {
    std::fputs(demo::help_text.data(), stdout);
    return 0;
  }
  std::vector<demo::strategy> chosen = all_strategies();
  const demo::strategy none = chosen.front();
  if (complaint.empty() && !asked.strategy.empty()) {
    std::erase_if(chosen, [&](const demo::strategy& each) { return each.name != asked.strategy; });
    if (chosen.empty()) complaint = "--strategy: there is no strategy " + asked.strategy;
  }
  if (!complaint.empty()) {
    std::fprintf(stderr, "demo: %s\nTry demo --help.\n", complaint.c_str());
    return wrong_usage;
  }

  std::vector<std::string> lines;
  if (asked.input) {
    const auto text = demo::read_all(*asked.input);
    if (!text) {
      std::fprintf(stderr, "demo: %s cannot be read\n", asked.input->c_str());
      return wrong_usage;
    }
    lines = demo::split_lines(*text);
  } else {
    lines = demo::make_lines(asked.seed);
  }

  demo::results all;
  all.setting.seed = asked.seed;
  all.setting.receivers = asked.receivers;
  all.setting.faults = asked.faults;
  all.setting.lines = demo::make_messages(lines, all.places);
  if (all.setting.lines.empty()) {
    std::fprintf(stderr, "demo: there is no line to send\n");
    return wrong_usage;
  }

  {
    const progress_bar bar;
    // Bytes are compared with those of none, whether its row is shown or not.
    const bool hidden_baseline = chosen.front().name != none.name;
    const std::size_t rows = chosen.size() + (hidden_baseline ? 1 : 0);
    if (hidden_baseline) all.baseline = run(none, all.setting, bar, 0, rows);
    for (const demo::strategy& each : chosen) {
      all.rows.push_back(run(each, all.setting, bar, rows - chosen.size() + all.rows.size(), rows));
      add_fired(all, each, all.rows.back());
    }
    if (!hidden_baseline) all.baseline = all.rows.front();
  }
  const demo::row& judged = all.rows.back();
  if (asked.json) {
    demo::print_json(all, judged.complete);
  } else {
    demo::print_table(all);
    demo::print_verdict(all, judged);
  }
  return 0;
}
