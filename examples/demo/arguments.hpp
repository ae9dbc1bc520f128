// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <waku/reliability/testing/fault_options.hpp>
#include <waku/reliability/testing/service_profile.hpp>

namespace demo {

namespace wt = waku::reliability::testing;

/// What the command line asks for.
struct arguments {
  std::uint64_t seed = 1;
  std::uint32_t receivers = 20;
  wt::fault_level faults = wt::fault_level::mild;
  wt::node_software nodes = wt::node_software::mixed;
  std::string strategy;              ///< empty: all rows
  std::optional<std::string> input;  ///< none: made from the seed
  bool json = false;
  bool bytes = false;
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

/// Reads a command line, word by word.
class argument_reader {
 public:
  explicit argument_reader(std::span<const std::string_view> words) : words_(words) {}

  arguments read() {
    bool options_over = false;
    while (!words_.empty()) {
      const std::string_view word = next();
      if (options_over || word == "-" || !word.starts_with('-')) {
        take_input(word);
      } else if (word == "--") {
        options_over = true;
      } else {
        take_option(word);
      }
    }
    return std::move(asked_);
  }
  /// The first thing that is wrong with the command line; empty when all is well.
  [[nodiscard]] const std::string& complaint() const noexcept { return complaint_; }

 private:
  std::string_view next() {
    const std::string_view word = words_.front();
    words_ = words_.subspan(1);
    return word;
  }
  void complain(std::string_view about, std::string_view what) {
    if (complaint_.empty()) complaint_ = std::string(about) + ": " + std::string(what);
  }

  void take_input(std::string_view name) {
    if (asked_.input) complain(name, "there is an input already");
    asked_.input = std::string(name);
  }
  /// `--name`, `--name=value`, or `--name` with the value in the next word.
  void take_option(std::string_view name) {
    std::optional<std::string_view> value;
    if (const std::size_t equals = name.find('='); equals != std::string_view::npos) {
      value = name.substr(equals + 1);
      name = name.substr(0, equals);
    }
    if (name == "--json" || name == "--bytes" || name == "--help" || name == "-h") {
      if (value) complain(name, "takes no value");
      (name == "--json" ? asked_.json : name == "--bytes" ? asked_.bytes : asked_.help) = true;
    } else if (name != "--seed" && name != "--receivers" && name != "--faults" && name != "--nodes" &&
               name != "--strategy") {
      complain(name, "there is no such option");
    } else if (!value && words_.empty()) {
      complain(name, "a value is missing");
    } else {
      take_value(name, value ? *value : next());
    }
  }
  void take_value(std::string_view name, std::string_view value) {
    if (name == "--seed") {
      const auto number = whole_number<std::uint64_t>(value);
      if (!number) return needs(name, "a whole number from 0 to 18446744073709551615", value);
      asked_.seed = *number;
    } else if (name == "--receivers") {
      const auto number = whole_number<std::uint32_t>(value);
      if (!number || *number < 1 || *number > 1'000) {
        return needs(name, "a whole number from 1 to 1000", value);
      }
      asked_.receivers = *number;
    } else if (name == "--faults") {
      const auto level = wt::fault_level_named(value);
      if (!level) return needs(name, "none, mild or harsh", value);
      asked_.faults = *level;
    } else if (name == "--nodes") {
      const auto software = wt::node_software_named(value);
      if (!software) return needs(name, "mixed, nwaku or go-waku", value);
      asked_.nodes = *software;
    } else {
      if (value.empty()) return needs(name, "the name of a strategy", value);
      asked_.strategy = std::string(value);
    }
  }
  void needs(std::string_view name, std::string_view what, std::string_view value) {
    complain(name, "needs " + std::string(what) + ", not \"" + std::string(value) + '"');
  }

  std::span<const std::string_view> words_;
  arguments asked_;
  std::string complaint_;
};

}  // namespace demo
