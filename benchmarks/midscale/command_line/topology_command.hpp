// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <midscale/command_line/commands.hpp>
#include <midscale/results/text_file.hpp>
#include <midscale/simulation/start_graph.hpp>
#include <midscale/topology/configuration_model.hpp>
#include <midscale/topology/graph_json.hpp>

namespace midscale {

/// The numbers of a text, with blanks, commas or new lines between them. Throws std::invalid_argument with a sentence
/// that names what is none.
[[nodiscard]] inline std::vector<std::uint32_t> numbers_of(std::string_view text) {
  constexpr std::string_view between = " ,\t\r\n";
  std::vector<std::uint32_t> numbers;
  for (std::size_t at = text.find_first_not_of(between); at != text.npos;
       at = text.find_first_not_of(between, at)) {
    const std::string_view word = text.substr(at, text.find_first_of(between, at) - at);
    std::uint32_t number = 0;
    const auto end = std::from_chars(word.data(), word.data() + word.size(), number);
    if (end.ec != std::errc{} || end.ptr != word.data() + word.size())
      throw std::invalid_argument("degrees: '" + std::string(word) + "' is not a number of neighbours");
    numbers.push_back(number);
    at += word.size();
  }
  return numbers;
}

/// midscale topology: draws a graph and writes it as JSON, which --set topology=file --set graph=FILE takes.
class topology_command {
 public:
  explicit topology_command(CLI::App& program) {
    command_ = program.add_subcommand("topology", "draw a graph of connections, as JSON");
    command_->add_option("--kind", kind_, "how connections are chosen")
        ->capture_default_str()
        ->check(CLI::IsMember({"random_regular", "small_world", "scale_free", "configuration"}));
    command_->add_option("--nodes", nodes_, "how many")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000'000));
    command_->add_option("--degree", degree_, "connections of a node, on average")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000));
    command_->add_option("--degrees", degrees_, "for a configuration: a file with the degree of each node");
    command_->add_flag("--regions", regions_, "deal nodes out to Europe, North America and Asia");
    command_->add_option("--seed", seed_, "of the drawing")->capture_default_str();
    command_->add_option("--out", out_, "the file; else it is printed");
  }
  [[nodiscard]] bool asked() const { return command_->parsed(); }
  int run() const {
    wr::random_source random(seed_);
    graph drawn = draw(random);
    if (regions_) assign_regions(drawn, region_shares, random);
    const std::string text = graph_to_json(drawn);
    if (out_.empty()) {
      std::fputs(text.c_str(), stdout);
    } else {
      write_text(out_, text);
    }
    return 0;
  }

 private:
  [[nodiscard]] graph draw(wr::random_source& random) const {
    if (kind_ != "configuration") return drawn_graph(kind_, nodes_, degree_, random);
    if (degrees_.empty())
      throw std::invalid_argument("a configuration needs --degrees, a file with the degree of each node");
    configuration drawn = configuration_model(numbers_of(read_text(degrees_)), random);
    if (!drawn.complete())
      std::fprintf(stderr,
                   "some of these degrees cannot be had by any graph; they have fewer neighbours here\n");
    return std::move(drawn.made);
  }

  CLI::App* command_;
  std::string kind_ = "random_regular";
  std::uint32_t nodes_ = 1'000;
  std::uint32_t degree_ = 20;
  std::filesystem::path degrees_;
  bool regions_ = false;
  std::uint64_t seed_ = 1;
  std::filesystem::path out_;
};

}  // namespace midscale
