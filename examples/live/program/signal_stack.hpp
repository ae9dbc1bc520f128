// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <csignal>

namespace live_program {

/// Has a signal's handler, which is there already, run on the signal stack: the host's threads are Go's, with small
/// stacks on which no handler must run.
inline void handle_on_signal_stack(int number) {
  struct sigaction action {};
  ::sigaction(number, nullptr, &action);
  action.sa_flags |= SA_ONSTACK;
  ::sigaction(number, &action, nullptr);
}

}  // namespace live_program
