// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

namespace waku::reliability {

/// Begins to load what lies at `address` into the processor's caches; does nothing where the compiler cannot say so.
inline void prefetch([[maybe_unused]] const void* address) noexcept {
#if defined(__GNUC__)
  __builtin_prefetch(address);
  asm volatile("");  // else g++ takes callers for functions without effects, and leaves out their calls
#endif
}

}  // namespace waku::reliability
