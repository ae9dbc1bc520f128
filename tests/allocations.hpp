// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

/// Counts the allocations of a program, and the bytes that it has out. It replaces the global new and delete, so
/// one source of a program includes it.

namespace {

// Programs may have threads.
std::atomic<std::size_t> allocations = 0;
std::atomic<std::size_t> bytes_out = 0;  // always 0 where the size of an allocation cannot be asked

std::size_t size_of_allocation([[maybe_unused]] void* taken) noexcept {
#if __has_include(<malloc.h>)
  return malloc_usable_size(taken);
#else
  return 0;
#endif
}

}  // namespace

// The other forms of new and delete end up in these. Inlined, they would look to g++ like a pair that does not
// match.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  void* const taken = std::malloc(size);
  bytes_out += size_of_allocation(taken);
  return taken;
}
[[gnu::noinline]] void* operator new(std::size_t size) {
  if (void* taken = ::operator new(size, std::nothrow)) return taken;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto step = static_cast<std::size_t>(alignment);
  ++allocations;
  void* const taken = std::aligned_alloc(step, (size + step - 1) / step * step);
  if (taken == nullptr) throw std::bad_alloc();
  bytes_out += size_of_allocation(taken);
  return taken;
}
[[gnu::noinline]] void operator delete(void* taken) noexcept {
  bytes_out -= size_of_allocation(taken);
  std::free(taken);
}
[[gnu::noinline]] void operator delete(void* taken, std::size_t) noexcept { ::operator delete(taken); }
[[gnu::noinline]] void operator delete(void* taken, std::align_val_t) noexcept { ::operator delete(taken); }
[[gnu::noinline]] void operator delete(void* taken, std::size_t, std::align_val_t) noexcept {
  ::operator delete(taken);
}
