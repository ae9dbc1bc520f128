// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <midscale/results/run_folders.hpp>
#include <midscale/results/summary.hpp>
#include <midscale/results/text_file.hpp>

namespace midscale {

/// What the page shows of one run. Throws file_trouble where a file is missing or is no JSON.
[[nodiscard]] inline json run_of_page(const std::filesystem::path& folder, const std::string& name) {
  json made{{"name", name}};
  for (const std::string each : {"summary", "parameters", "run", "measurements"}) {
    const auto path = folder / (each + ".json");
    made[each] = json::parse(read_text(path), nullptr, false);
    if (made[each].is_discarded()) throw file_trouble(path, "is no JSON");
  }
  return made;
}

/// JSON within a script of the page: nothing in it ends the script.
[[nodiscard]] inline std::string text_of_script(const json& data) {
  std::string text;
  for (const char each : data.dump(-1, ' ', false, json::error_handler_t::replace)) {
    if (each == '<') {
      text += "\\u003c";
    } else {
      text += each;
    }
  }
  return text;
}

/// The page of some runs: the template, which is the page as the build puts it together, with the runs in it. Throws
/// std::invalid_argument where the template has no place for them.
[[nodiscard]] inline std::string page_of(std::string_view page_template, const json& runs,
                                         const std::string& title) {
  std::string page(page_template);
  std::string escaped;
  for (const char each : title) {
    if (each == '<' || each == '&') {
      escaped += each == '<' ? "&lt;" : "&amp;";
    } else {
      escaped += each;
    }
  }
  for (const auto& [place, text] : {std::pair<std::string_view, std::string>{"@@TITLE@@", escaped},
                                    {"@@RUNS@@", text_of_script({{"runs", runs}})}}) {
    const std::size_t at = page.find(place);
    if (at == std::string::npos)
      throw std::invalid_argument("the report's template has no " + std::string(place));
    page.replace(at, place.size(), text);
  }
  return page;
}

/// Writes FOLDER/report.html, one file that needs no other, of the run or the runs in the folder. Gives its path.
/// Throws file_trouble, or std::invalid_argument for a wrong template.
inline std::filesystem::path write_report(const std::filesystem::path& folder,
                                          const std::filesystem::path& page_template) {
  const std::vector<std::filesystem::path> found = run_folders(folder);
  json runs = json::array();
  for (const auto& each : found) {
    const std::string name = each.lexically_relative(folder).string();
    runs.push_back(run_of_page(each, name == "." ? folder.filename().string() : name));
  }
  const bool one = runs.size() == 1 && runs[0]["summary"]["scenario"].is_string();
  const std::string title =
      one ? runs[0]["summary"]["scenario"].get<std::string>() : "The midscale lab: several runs";
  const auto path = folder / "report.html";
  write_text(path, page_of(read_text(page_template), runs, title));
  return path;
}

}  // namespace midscale
