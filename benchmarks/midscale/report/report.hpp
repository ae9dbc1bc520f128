// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <midscale/report/studies.hpp>
#include <midscale/results/json_file.hpp>
#include <midscale/results/run_folders.hpp>
#include <midscale/results/text_file.hpp>
#include <midscale/scenario/scenario_file.hpp>

namespace midscale {

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

/// The page of some runs: the template, which is the page as the build puts it together, with what it shows. Throws
/// std::invalid_argument where the template has no place for it.
[[nodiscard]] inline std::string page_of(std::string_view page_template, const json& data,
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
  for (const auto& [place, text] :
       {std::pair<std::string_view, std::string>{"@@TITLE@@", escaped}, {"@@DATA@@", text_of_script(data)}}) {
    const std::size_t at = page.find(place);
    if (at == std::string::npos)
      throw std::invalid_argument("the report's template has no " + std::string(place));
    page.replace(at, place.size(), text);
  }
  return page;
}

/// Writes FOLDER/report.html, one file that needs no other: of the comparison that `midscale compare` left there, else
/// of the run or the runs below the folder; titles, questions and the order of scenarios are from `known`. Gives its
/// path. Throws file_trouble, or std::invalid_argument for a wrong template.
inline std::filesystem::path write_report(const std::filesystem::path& folder,
                                          const std::filesystem::path& page_template,
                                          const std::vector<scenario>& known) {
  json data;
  std::string title = "The midscale lab";
  const auto comparison = folder / "comparison.json";
  if (std::filesystem::exists(comparison)) {
    data["comparison"] = read_json(comparison);
  } else {
    data["studies"] = studies_of(folder, run_folders(folder), known);
    if (data["studies"].size() == 1) title = data["studies"][0].at("title").get<std::string>();
  }
  const auto path = folder / "report.html";
  write_text(path, page_of(read_text(page_template), data, title));
  return path;
}

}  // namespace midscale
