// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

#include <midscale/results/text_file.hpp>

namespace midscale {

/// JSON whose objects keep the order in which they were made.
using json = nlohmann::ordered_json;

/// A JSON file. Throws file_trouble where it cannot be read or is no JSON.
[[nodiscard]] inline json read_json(const std::filesystem::path& path) {
  json made = json::parse(read_text(path), nullptr, false);
  if (made.is_discarded()) throw file_trouble(path, "is no JSON");
  return made;
}

}  // namespace midscale
