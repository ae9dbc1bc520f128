// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace waku::reliability::testing {

/// What a check came to.
enum class check_verdict : std::uint8_t {
  passed,
  failed,
  skipped,  ///< the transport lacks the protocol, or the fixture cannot set the scene
};

/// A check's name and what it asks of every transport. Ids stay the same from release to release.
struct check_description {
  std::string_view id;
  std::string_view promise;
};

/// What one check came to.
struct check_result {
  std::string_view id;
  std::string_view promise;  ///< what a transport must do
  check_verdict verdict = check_verdict::passed;
  std::string seen;  ///< failed: what was seen instead; skipped: why

  [[nodiscard]] bool failed() const noexcept { return verdict == check_verdict::failed; }
};

/// The results of the conformance kit, in the order of the checks.
class conformance_report {
 public:
  void add(check_result result) { results_.push_back(std::move(result)); }

  [[nodiscard]] const std::vector<check_result>& results() const noexcept { return results_; }
  /// The result of one check; nullptr if it was not run.
  [[nodiscard]] const check_result* find(std::string_view id) const noexcept {
    for (const check_result& each : results_) {
      if (each.id == id) return &each;
    }
    return nullptr;
  }
  [[nodiscard]] std::size_t count(check_verdict verdict) const noexcept {
    std::size_t number = 0;
    for (const check_result& each : results_) number += each.verdict == verdict ? 1 : 0;
    return number;
  }
  /// True when something was checked and nothing failed. What was skipped is not known to work.
  [[nodiscard]] bool conforms() const noexcept {
    return count(check_verdict::failed) == 0 && count(check_verdict::passed) > 0;
  }
  /// The ids of the checks that failed.
  [[nodiscard]] std::vector<std::string_view> failures() const {
    std::vector<std::string_view> ids;
    for (const check_result& each : results_) {
      if (each.failed()) ids.push_back(each.id);
    }
    return ids;
  }

  /// The report for people: a line a check, two more for each that failed, and the sums.
  [[nodiscard]] std::string text() const {
    std::string lines;
    for (const check_result& each : results_) {
      switch (each.verdict) {
        case check_verdict::passed: lines += "passed   "; break;
        case check_verdict::failed: lines += "FAILED   "; break;
        case check_verdict::skipped: lines += "skipped  "; break;
      }
      lines += each.id;
      if (each.verdict == check_verdict::skipped) lines += ": " + each.seen;
      lines += '\n';
      if (each.failed())
        lines += "         must be: " + std::string(each.promise) + "\n         was: " + each.seen + '\n';
    }
    return lines + std::to_string(count(check_verdict::passed)) + " passed, " +
           std::to_string(count(check_verdict::failed)) + " failed, " +
           std::to_string(count(check_verdict::skipped)) + " skipped\n";
  }

 private:
  std::vector<check_result> results_;
};

}  // namespace waku::reliability::testing
