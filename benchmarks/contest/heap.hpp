// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <malloc.h>

#include <cstddef>

namespace contest {

/// Bytes that the program has on the heap, with what the allocator adds. Nobody's allocations become slower by it.
inline std::size_t heap_bytes() {
  const auto taken = mallinfo2();
  return taken.uordblks + taken.hblkhd;
}

}  // namespace contest
