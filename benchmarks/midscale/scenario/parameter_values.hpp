// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

#include <midscale/results/json_file.hpp>
#include <midscale/scenario/nearest_name.hpp>
#include <midscale/scenario/parameter_table.hpp>

namespace midscale {

namespace parameter_values {

/// The words of a list with a blank between.
[[nodiscard]] inline std::vector<std::string_view> words_of(std::string_view list) {
  std::vector<std::string_view> words;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    words.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return words;
}

/// A number as people write it: without a fraction where it has none.
[[nodiscard]] inline std::string shown(double number) {
  char digits[64];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number, std::chars_format::fixed);
  return {digits, end.ptr};
}

[[nodiscard]] inline std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size() || !std::isfinite(number)) return {};
  return number;
}

}  // namespace parameter_values

/// The parameter of that name. Throws std::invalid_argument, which tells the nearest name, where there is none.
[[nodiscard]] inline const parameter& find_parameter(std::string_view name) {
  std::vector<std::string_view> names;
  for (const parameter& each : parameter_table()) {
    if (each.name == name) return each;
    names.push_back(each.name);
  }
  throw std::invalid_argument("there is no parameter " + std::string(name) + "; did you mean " +
                              std::string(nearest_name(name, names)) + "?");
}

/// Gives a parameter the value that stands in `text`. Throws std::invalid_argument, which says what it may be.
inline void set_parameter(parameters& into, std::string_view name, std::string_view text) {
  const parameter& which = find_parameter(name);
  const auto refuse = [&](const std::string& why) {
    throw std::invalid_argument(std::string(name) + " cannot be '" + std::string(text) + "': " + why);
  };
  const auto number_within = [&] {
    const std::optional<double> number = parameter_values::number_of(text);
    if (!number || *number < which.least || *number > which.most) {
      refuse("it is a number from " + parameter_values::shown(which.least) + " to " +
             parameter_values::shown(which.most));
    }
    return *number;
  };
  if (const auto* count = std::get_if<std::uint32_t parameters::*>(&which.where)) {
    const double number = number_within();
    if (number != std::floor(number)) refuse("it is a whole number");
    into.** count = static_cast<std::uint32_t>(number);
  } else if (const auto* amount = std::get_if<double parameters::*>(&which.where)) {
    into.** amount = number_within();
  } else if (const auto* flag = std::get_if<bool parameters::*>(&which.where)) {
    if (text != "true" && text != "false") refuse("it is true or false");
    into.** flag = text == "true";
  } else {
    const std::vector<std::string_view> choices = parameter_values::words_of(which.choices);
    if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end()) {
      refuse("did you mean " + std::string(nearest_name(text, choices)) + "? It is one of " +
             std::string(which.choices));
    }
    into.*std::get<std::string parameters::*>(which.where) = text;
  }
}

/// As --set on the command line has it: name=value.
inline void set_parameter(parameters& into, std::string_view assignment) {
  const std::size_t sign = assignment.find('=');
  if (sign == std::string_view::npos) {
    throw std::invalid_argument("'" + std::string(assignment) + "' sets nothing: write name=value");
  }
  set_parameter(into, assignment.substr(0, sign), assignment.substr(sign + 1));
}

/// All parameters by name.
[[nodiscard]] inline json to_json(const parameters& from) {
  json made;
  for (const parameter& each : parameter_table()) {
    std::visit([&](auto where) { made[std::string(each.name)] = from.*where; }, each.where);
  }
  return made;
}

/// A value of a parameter as --set has it.
[[nodiscard]] inline std::string assigned_text(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// Gives the parameters that the object names its values; the others stay as they are. Throws std::invalid_argument.
inline void read_parameters(parameters& into, const json& object) {
  for (const auto& [name, value] : object.items()) set_parameter(into, name, assigned_text(value));
}

/// Makes the network one of so many nodes, with relays, services and lights in the proportions that they have. None of
/// them vanishes, and three services stay where there are as many: with fewer nothing is redundant. Throws
/// std::invalid_argument where there are fewer nodes than that.
inline void scale_to(parameters& network, std::uint64_t nodes) {
  struct kind {
    std::uint32_t parameters::*count;
    std::uint32_t least;
  };
  const auto one = [](std::uint32_t count) { return std::min(count, 1U); };
  const std::vector<kind> kinds{{&parameters::services, std::min(network.services, 3U)},
                                {&parameters::lights, one(network.lights)},
                                {&parameters::relays, one(network.relays)}};
  const auto before = static_cast<double>(network.nodes());
  const auto largest = network.lights > network.relays ? &parameters::lights : &parameters::relays;
  std::uint64_t needed = 0;
  for (const kind& each : kinds) needed += each.least;
  if (nodes < needed)
    throw std::invalid_argument(std::to_string(nodes) + " nodes are too few for " + network.scenario);
  std::uint64_t left = nodes;
  for (const kind& each : kinds) {
    needed -= each.least;
    const double share = network.*each.count / before * static_cast<double>(nodes);
    const auto most = static_cast<std::uint32_t>(left - needed);
    network.*each.count = std::clamp(static_cast<std::uint32_t>(share), each.least, most);
    left -= network.*each.count;
  }
  network.*largest += static_cast<std::uint32_t>(left);
}

}  // namespace midscale
