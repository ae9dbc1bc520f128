// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdio>
#include <span>
#include <string_view>

#include "legend.hpp"

namespace demo {

inline constexpr std::string_view usage =
    R"(usage: demo [options] [INPUT]

Sends the lines of a text through a simulated Waku network that loses, delays, lies and goes away,
once without any reliability, once with each strategy alone, once with all, and shows what comes out.

INPUT is a file, or - for standard input; one message a line. Without it 300 lines are made from the seed.

  --seed N            the seed of everything that is random (1)
  --receivers N       how many clients receive, 1 to 1000 (20)
  --faults LEVEL      none, mild or harsh (mild)
  --nodes SOFTWARE    what the service nodes run: mixed, nwaku, or go-waku, whose store is the legacy one (mixed)
  --strategy NAME     only this row: none, L1, L2, L3, L4, S1, S2, S3, F1, F2, F3, F4 or all
  --bytes             pass all through real bytes, cut at random places: only in demo_bytes, which needs Protobuf and
                      always does so
  --json              one JSON object instead of the table; it counts what struck and what acted, too
  --help              this text

It ends with 0, with 2 when the command line or the input is wrong, and with 1 when the output cannot be
written. A line that is too long for the network is left out and named: on standard error, in the summary, and
in the JSON under "too_long".
)";

inline void print_help(std::span<const strategy> strategies) {
  std::printf("%s", usage.data());
  print_legend(strategies);
}

}  // namespace demo
