// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace live_probe {

/// The one argument of a driver, see tests/live/README.md.
struct settings {
  std::uint16_t cluster = 16;
  std::vector<std::uint32_t> shards{0};
  std::uint32_t shards_in_cluster = 0;
  std::string listen = "/ip4/127.0.0.1/tcp/0";
  std::string key_file;
  std::vector<std::string> serve;
  std::string store_file;
  bool limited = false;

  [[nodiscard]] bool serves(std::string_view service) const {
    return std::find(serve.begin(), serve.end(), service) != serve.end();
  }
};

/// Throws std::runtime_error, or the JSON library's own exception, with a sentence that says what is wrong.
inline settings parse_settings(std::string_view argument) {
  settings made;
  const auto object = nlohmann::json::parse(argument);
  if (!object.is_object()) throw std::runtime_error("the argument is no JSON object");
  for (const auto& [key, value] : object.items()) {
    if (key == "cluster") {
      value.get_to(made.cluster);
    } else if (key == "shards") {
      value.get_to(made.shards);
    } else if (key == "shards_in_cluster") {
      value.get_to(made.shards_in_cluster);
    } else if (key == "listen") {
      value.get_to(made.listen);
    } else if (key == "key_file") {
      value.get_to(made.key_file);
    } else if (key == "serve") {
      value.get_to(made.serve);
    } else if (key == "store_file") {
      value.get_to(made.store_file);
    } else if (key == "limits" && (value == "none" || value == "default")) {
      made.limited = value == "default";
    } else {
      throw std::runtime_error("the argument: " + key + " is not known, or has a value that is not");
    }
  }
  for (const std::string& each : made.serve) {
    if (each != "relay" && each != "filter" && each != "lightpush" && each != "store")
      throw std::runtime_error("the argument: serve: there is no service " + each);
  }
  return made;
}

}  // namespace live_probe
