// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <waku/reliability/testing/fault_options.hpp>

namespace demo {

namespace wt = waku::reliability::testing;

inline constexpr std::string_view help_text =
    R"(usage: demo [options] [INPUT]

Sends the lines of a text through a simulated Waku network that loses, delays, lies and goes away,
once without any reliability, once with each strategy alone, once with all, and shows what comes out.

INPUT is a file, or - for standard input; one message a line. Without it 300 lines are made from the seed.

  --seed N            the seed of everything that is random (1)
  --receivers N       how many clients receive, 1 to 1000 (20)
  --faults LEVEL      none, mild or harsh (mild)
  --strategy NAME     only this row: none, L1, L2, L3, L4, S1, S2, S3, F1, F2, F3, F4 or all
  --json              one JSON object instead of the table
  --help              this text
)";

/// What the command line asks for.
struct arguments {
  std::uint64_t seed = 1;
  std::uint32_t receivers = 20;
  wt::fault_level faults = wt::fault_level::mild;
  std::string strategy;              ///< empty: all rows
  std::optional<std::string> input;  ///< none: made from the seed
  bool json = false;
  bool help = false;
};

/// A whole number without sign or space around it, or nothing.
template <class Number>
[[nodiscard]] std::optional<Number> whole_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Reads the command line. What is wrong with it goes to `complaint`, which is empty when all is well.
[[nodiscard]] inline arguments read_arguments(const std::vector<std::string_view>& words,
                                              std::string& complaint) {
  arguments asked;
  const auto wrong = [&complaint](std::string_view what, std::string_view why) {
    if (complaint.empty()) complaint = std::string(what) + ": " + std::string(why);
  };
  bool options_over = false;
  for (std::size_t place = 0; place < words.size(); ++place) {
    std::string_view name = words[place];
    if (options_over || name == "-" || !name.starts_with('-')) {
      if (asked.input) wrong(name, "there is an input already");
      asked.input = std::string(name);
      continue;
    }
    if (name == "--") {
      options_over = true;
      continue;
    }
    std::optional<std::string_view> value;
    if (const std::size_t equals = name.find('='); equals != std::string_view::npos) {
      value = name.substr(equals + 1);
      name = name.substr(0, equals);
    }
    if (name == "--json" || name == "--help" || name == "-h") {
      if (value) wrong(name, "takes no value");
      (name == "--json" ? asked.json : asked.help) = true;
      continue;
    }
    if (name != "--seed" && name != "--receivers" && name != "--faults" && name != "--strategy") {
      wrong(name, "there is no such option");
      continue;
    }
    if (!value) {
      if (place + 1 == words.size()) {
        wrong(name, "a value is missing");
        continue;
      }
      value = words[++place];
    }
    const auto wrong_value = [&](const std::string& needs) {
      wrong(name, "needs " + needs + ", not \"" + std::string(*value) + '"');
    };
    if (name == "--seed") {
      const auto number = whole_number<std::uint64_t>(*value);
      if (!number) wrong_value("a whole number from 0 to 18446744073709551615");
      asked.seed = number.value_or(1);
    } else if (name == "--receivers") {
      const auto number = whole_number<std::uint32_t>(*value);
      if (!number || *number < 1 || *number > 1'000) wrong_value("a whole number from 1 to 1000");
      asked.receivers = number.value_or(1);
    } else if (name == "--faults") {
      const auto level = wt::fault_level_named(*value);
      if (!level) wrong_value("none, mild or harsh");
      asked.faults = level.value_or(wt::fault_level::mild);
    } else {
      asked.strategy = std::string(*value);
    }
  }
  return asked;
}

}  // namespace demo
