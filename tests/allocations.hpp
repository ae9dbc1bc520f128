// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

/// Counts the allocations of a program. It replaces the global new and delete, so one source of a program
/// includes it.

namespace {

std::atomic<std::size_t> allocations = 0;  // programs may have threads

}  // namespace

// The other forms of new and delete end up in these. Inlined, they would look to g++ like a pair that does not
// match.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
[[gnu::noinline]] void* operator new(std::size_t size) {
  if (void* taken = ::operator new(size, std::nothrow)) return taken;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* taken) noexcept { std::free(taken); }
[[gnu::noinline]] void operator delete(void* taken, std::size_t) noexcept { std::free(taken); }
