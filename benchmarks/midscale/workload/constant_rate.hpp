// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <waku/reliability/core/instant.hpp>

#include <midscale/results/measurements.hpp>

namespace midscale {

namespace wr = waku::reliability;

/// A node that publishes, and the shard on which it does.
struct publisher {
  std::uint32_t node = 0;
  std::uint32_t shard = 0;
};

/// Messages at even distances, the first one at the start.
struct constant_rate {
  double rate = 1;  ///< messages a second, from all publishers together
  wr::duration length{};
  std::vector<publisher> publishers;  ///< who publish in turn
  std::vector<std::uint32_t>
      sizes;  ///< of payloads, in bytes, in turn; see status_mix for the Status application's
};

/// The publications of a constant rate, by time. Throws std::invalid_argument with a sentence when there is no
/// publisher or size, the rate is none, the length is negative, or there would be more messages than can be numbered.
[[nodiscard]] inline std::vector<publication> publications_of(const constant_rate& workload) {
  if (workload.publishers.empty()) throw std::invalid_argument("publishers: there is none");
  if (workload.sizes.empty()) throw std::invalid_argument("sizes: there is none");
  if (workload.length < wr::duration::zero()) throw std::invalid_argument("length: it is negative");
  if (!(workload.rate >= 0) || !std::isfinite(workload.rate))
    throw std::invalid_argument("rate: " + std::to_string(workload.rate) +
                                " is not 0 or more messages a second");
  const double messages = workload.rate * wr::seconds_of(workload.length);
  if (messages >= std::numeric_limits<std::uint32_t>::max())
    throw std::invalid_argument("rate: " + std::to_string(workload.rate) + " makes " +
                                std::to_string(messages) + " messages in all, which is too many");
  std::vector<publication> made;
  made.reserve(static_cast<std::size_t>(messages) + 1);
  for (std::size_t message = 0; workload.rate > 0; ++message) {
    const double nanoseconds = static_cast<double>(message) / workload.rate * 1e9;
    if (!(nanoseconds < static_cast<double>(workload.length.count()))) break;
    const wr::duration at(static_cast<wr::duration::rep>(std::llround(nanoseconds)));
    if (at >= workload.length) break;
    const publisher& by = workload.publishers[message % workload.publishers.size()];
    made.push_back({at, by.node, by.shard, workload.sizes[message % workload.sizes.size()]});
  }
  return made;
}

}  // namespace midscale
