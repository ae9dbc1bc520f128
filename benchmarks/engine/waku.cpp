// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "workload.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

std::size_t made = 0;  // the program has one thread

const engine_workload::entry entered("waku");

}  // namespace

std::size_t engine_workload::allocations() { return made; }

// The other forms of new and delete end up in these. Inlined, they would look to g++ like a pair that does not match.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++made;
  if (void* taken = std::malloc(size)) return taken;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* taken) noexcept { std::free(taken); }
[[gnu::noinline]] void operator delete(void* taken, std::size_t) noexcept { std::free(taken); }
