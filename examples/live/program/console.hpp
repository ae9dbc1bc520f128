// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace live_program {

using json = nlohmann::ordered_json;

/// Where a program speaks: to a machine in JSON objects, a line each, on the standard output; to a person in sentences,
/// of which those about the network go to the error output, where a terminal has a status line below all of them.
class console {
 public:
  explicit console(bool for_machines)
      : json_(for_machines), terminal_(!json_ && ::isatty(STDERR_FILENO) == 1) {}
  console(const console&) = delete;
  console& operator=(const console&) = delete;
  ~console() { clear(); }

  [[nodiscard]] bool for_machines() const noexcept { return json_; }

  /// The code to exit with: 1 instead of success where something could not be written, of which a person is told.
  [[nodiscard]] int exit_code(int code) const {
    if (std::cout) return code;
    std::cerr << "not all of the output could be written" << std::endl;
    return code == EXIT_SUCCESS ? EXIT_FAILURE : code;
  }

  /// What the program is there for.
  void tell(const json& object, std::string_view sentence) { say(std::cout, object, sentence); }
  /// What happens meanwhile.
  void note(const json& object, std::string_view sentence) {
    say(json_ ? std::cout : std::cerr, object, sentence);
  }
  /// Replaces the status line.
  void status(const json& object, std::string line) {
    if (json_) return say(std::cout, object, line);
    status_ = std::move(line);
    clear();
    draw();
  }

 private:
  void say(std::ostream& to, const json& object, std::string_view sentence) {
    clear();
    if (json_) to << object.dump(-1, ' ', false, json::error_handler_t::replace);
    if (!json_) write_clean(to, sentence);
    to << std::endl;
    draw();
  }
  // What others have sent must not steer the terminal.
  static void write_clean(std::ostream& to, std::string_view text) {
    for (const char each : text) {
      const auto code = static_cast<unsigned char>(each);
      to << (code < 0x20 || code == 0x7f ? ' ' : each);
    }
  }
  void clear() {
    if (terminal_ && drawn_) std::cerr << "\r\x1b[K" << std::flush;
    drawn_ = false;
  }
  void draw() {
    if (!terminal_ || status_.empty()) return;
    std::cerr << status_ << std::flush;
    drawn_ = true;
  }

  bool json_;
  bool terminal_;
  bool drawn_ = false;
  std::string status_;
};

}  // namespace live_program
