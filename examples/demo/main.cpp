// SPDX-License-Identifier: Apache-2.0 OR MIT
/// Sends lines of text through a simulated network full of faults, by every strategy, and shows what comes
/// out.
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "help.hpp"
#include "input.hpp"
#include "json.hpp"
#include "made_lines.hpp"
#include "numbered_lines.hpp"
#include "progress_bar.hpp"
#include "results.hpp"
#include "rows.hpp"
#include "table.hpp"
#include "verdict.hpp"

namespace {

constexpr int cannot_write = 1;
constexpr int wrong_usage = 2;

#if defined(DEMO_OVER_BYTES)
constexpr bool has_bytes = true;
#else
constexpr bool has_bytes = false;
#endif

int refuse(const std::string& why) {
  std::fprintf(stderr, "demo: %s\n", why.c_str());
  return wrong_usage;
}

/// The lines that are asked for. Nothing when there is none that can be sent; `why` says why.
std::optional<demo::numbered_lines> lines_of(const demo::arguments& asked, std::string& why) {
  std::vector<std::string> lines;
  if (asked.input) {
    const auto text = demo::read_all(*asked.input, why);
    if (!text) {
      why = '"' + *asked.input + "\" cannot be read: " + why;
      return std::nullopt;
    }
    lines = demo::split_lines(*text);
  } else {
    lines = demo::make_lines(asked.seed);
  }
  demo::numbered_lines numbered = demo::number_lines(lines);
  for (const demo::long_line& each : numbered.too_long) {
    std::fprintf(stderr,
                 "demo: line %zu is too long: %zu bytes, which make a message of %zu; the network takes at "
                 "most %zu. It is left out.\n",
                 each.place, each.bytes, each.message_bytes, demo::message_bytes_max());
  }
  if (numbered.messages.empty()) {
    why = lines.empty() ? "there is no line to send: the input is empty"
                        : "there is no line to send: all are too long";
    return std::nullopt;
  }
  return numbered;
}

demo::row run(const demo::strategy& each, const demo::experiment& setting, const demo::progress_bar& bar,
              std::size_t before, std::size_t rows) {
  demo::row done = each.run(setting, [&](double share) {
    bar.show(each.name, (static_cast<double>(before) + share) / static_cast<double>(rows));
  });
  done.strategy = each.name;
  return done;
}

/// Fills in the rows. Bytes are compared with those of none, whether its row is shown or not.
void run_all(demo::results& all, const demo::strategy& none) {
  const demo::progress_bar bar;
  const bool hidden_baseline = all.strategies.front().name != none.name;
  const std::size_t rows = all.strategies.size() + (hidden_baseline ? 1 : 0);
  if (hidden_baseline) all.baseline = run(none, all.setting, bar, 0, rows);
  for (const demo::strategy& each : all.strategies) {
    all.rows.push_back(run(each, all.setting, bar, rows - all.strategies.size() + all.rows.size(), rows));
    add_fired(all, each, all.rows.back());
  }
  if (!hidden_baseline) all.baseline = all.rows.front();
}

int print(const demo::results& all, bool as_json) {
  if (as_json) {
    demo::print_json(all);
  } else {
    demo::print_table(all);
    demo::print_legend(all.strategies);
    demo::print_verdict(all, all.rows.back());
  }
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return 0;
  std::fprintf(stderr, "demo: the output cannot be written\n");
  return cannot_write;
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string_view> given(words + 1, words + count);
  demo::argument_reader reader(given);
  const demo::arguments asked = reader.read();
  if (!reader.complaint().empty()) return refuse(reader.complaint() + " (try demo --help)");

  if (asked.bytes && !has_bytes) {
    return refuse("--bytes: this program has no Protobuf; make demo ARGS=--bytes builds the one that has");
  }

  const std::vector<demo::strategy> known = demo::all_strategies();
  if (asked.help) {
    demo::print_help(known);
    return 0;
  }
  demo::results all;
  for (const demo::strategy& each : known) {
    if (asked.strategy.empty() || each.name == asked.strategy) all.strategies.push_back(each);
  }
  if (all.strategies.empty()) {
    return refuse("--strategy: there is none called \"" + asked.strategy + "\" (try demo --help)");
  }
  std::string why;
  auto lines = lines_of(asked, why);
  if (!lines) return refuse(why);

  all.setting = {std::move(lines->messages), asked.seed, asked.receivers, asked.faults, asked.nodes};
  all.places = std::move(lines->places);
  all.too_long = std::move(lines->too_long);
  run_all(all, known.front());
  return print(all, asked.json);
}
