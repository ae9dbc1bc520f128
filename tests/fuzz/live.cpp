// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "target.hpp"

// What libFuzzer calls. One program for all targets compiles fastest: WAKU_FUZZ_TARGET says which it is, also to
// the processes that libFuzzer starts.

namespace {

const fuzz::target* chosen = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*count*/, char*** /*arguments*/) {
  const char* const name = std::getenv("WAKU_FUZZ_TARGET");
  chosen = name == nullptr ? nullptr : fuzz::find_target(name);
  if (chosen != nullptr) return 0;
  std::fprintf(stderr, "WAKU_FUZZ_TARGET must be one of:");
  for (const fuzz::target& each : fuzz::targets) std::fprintf(stderr, " %s", each.name.data());
  std::fprintf(stderr, "\n");
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  chosen->run(std::as_bytes(std::span(bytes, size)));
  return 0;
}
