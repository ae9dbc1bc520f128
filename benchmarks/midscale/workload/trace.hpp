// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <waku/reliability/core/instant.hpp>

#include <midscale/results/measurements.hpp>

namespace midscale {

namespace wr = waku::reliability;

/// Reads a trace line by line; the work of trace_from_csv.
class trace_reader {
 public:
  trace_reader(std::uint32_t nodes, std::uint32_t shards)
      : most_{most_at_us, nodes, shards, payload_bytes_max + 1} {}

  std::vector<publication> read(std::string_view text) {
    std::vector<publication> made;
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      std::string_view line = text.substr(0, end);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      if (line.ends_with('\r')) line.remove_suffix(1);
      ++line_;
      const auto fields = split(line);
      if (line_ == 1) {
        read_names(fields);
      } else {
        made.push_back(read_fields(fields));
      }
    }
    if (line_ == 0) refuse("it is missing; give the names at_us,node,shard,bytes");
    std::stable_sort(made.begin(), made.end(),
                     [](const publication& a, const publication& b) { return a.at < b.at; });
    return made;
  }

 private:
  static constexpr std::array<std::string_view, 4> names{"at_us", "node", "shard", "bytes"};
  static constexpr std::uint64_t most_at_us = std::numeric_limits<std::int64_t>::max() / 1'000;

  [[noreturn]] void refuse(const std::string& wrong) const {
    throw std::invalid_argument("the trace, line " + std::to_string(std::max<std::size_t>(line_, 1)) + ": " +
                                wrong);
  }
  static std::vector<std::string_view> split(std::string_view line) {
    std::vector<std::string_view> fields;
    for (;;) {
      const std::size_t comma = line.find(',');
      fields.push_back(line.substr(0, comma));
      if (comma == std::string_view::npos) return fields;
      line.remove_prefix(comma + 1);
    }
  }
  void read_names(const std::vector<std::string_view>& fields) {
    columns_ = fields.size();
    for (std::size_t name = 0; name < names.size(); ++name) {
      const auto found = std::find(fields.begin(), fields.end(), names[name]);
      if (found == fields.end()) refuse("there is no column " + std::string(names[name]));
      column_of_[name] = static_cast<std::size_t>(found - fields.begin());
    }
    for (const std::string_view each : fields) {
      if (each != "message" && std::find(names.begin(), names.end(), each) == names.end())
        refuse("the column " + std::string(each) + " is not known; known are message,at_us,node,shard,bytes");
      if (std::count(fields.begin(), fields.end(), each) > 1)
        refuse("there are two columns " + std::string(each));
    }
  }
  [[nodiscard]] publication read_fields(const std::vector<std::string_view>& fields) const {
    if (fields.size() != columns_)
      refuse("number of fields: " + std::to_string(fields.size()) + ", and in the first line " +
             std::to_string(columns_));
    std::array<std::uint64_t, names.size()> values{};
    for (std::size_t name = 0; name < names.size(); ++name) {
      const std::string_view field = fields[column_of_[name]];
      const auto end = std::from_chars(field.data(), field.data() + field.size(), values[name]);
      const bool whole = end.ec == std::errc() && end.ptr == field.data() + field.size();
      if (!whole || values[name] >= most_[name])
        refuse(std::string(names[name]) + ": '" + std::string(field) + "' is not a whole number below " +
               std::to_string(most_[name]));
    }
    return {wr::duration(static_cast<wr::duration::rep>(values[0] * 1'000)),
            static_cast<std::uint32_t>(values[1]), static_cast<std::uint32_t>(values[2]),
            static_cast<std::uint32_t>(values[3])};
  }

  std::array<std::uint64_t, names.size()> most_;  // each is below it
  std::array<std::size_t, names.size()> column_of_{};
  std::size_t columns_ = 0;
  std::size_t line_ = 0;
};

/// The publications that a CSV text tells, by time; those of one moment in the order of their lines. The first line
/// has the names at_us (microseconds since the start of the run), node, shard and bytes (of the payload, at most
/// payload_bytes_max) in any order, and each other line their values; a column `message` is passed over, so that the
/// sent.csv of a run is a trace. There are no quotes. Lines may end as on Windows.
///
/// Throws std::invalid_argument with a sentence that names line and field for whatever is wrong: a missing or unknown
/// column, a line with too few or too many fields, what is no whole number, a node or shard that does not exist.
[[nodiscard]] inline std::vector<publication> trace_from_csv(std::string_view text, std::uint32_t nodes,
                                                             std::uint32_t shards) {
  return trace_reader(nodes, shards).read(text);
}

}  // namespace midscale
