// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>

namespace presets {

/// Bytes that the program has asked of operator new and not given back. What the allocator adds, some 8 to 24 bytes an
/// allocation, is not in it, as it is in contest::heap_bytes(); so the figures are the same in each run and with each
/// allocator, but each allocation takes longer.
std::size_t heap_bytes();

}  // namespace presets
