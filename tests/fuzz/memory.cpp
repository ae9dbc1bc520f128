// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "memory.hpp"

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

#include <cstddef>
#include <cstdlib>
#include <new>

// The programs have one thread.
namespace {

std::size_t out = 0;
std::size_t most = 0;

std::size_t size_of(void* place) noexcept {
#if __has_include(<malloc.h>)
  return malloc_usable_size(place);
#else
  (void)place;
  return 0;
#endif
}
void* take(std::size_t bytes) noexcept {
  void* const place = std::malloc(bytes == 0 ? 1 : bytes);
  if (place != nullptr) out += size_of(place);
  if (out > most) most = out;
  return place;
}
void* take_or_throw(std::size_t bytes) {
  void* const place = take(bytes);
  if (place == nullptr) throw std::bad_alloc();
  return place;
}
void give_back(void* place) noexcept {
  if (place != nullptr) out -= size_of(place);
  std::free(place);
}

}  // namespace

void* operator new(std::size_t bytes) { return take_or_throw(bytes); }
void* operator new[](std::size_t bytes) { return take_or_throw(bytes); }
void* operator new(std::size_t bytes, const std::nothrow_t& /*tag*/) noexcept { return take(bytes); }
void* operator new[](std::size_t bytes, const std::nothrow_t& /*tag*/) noexcept { return take(bytes); }
void operator delete(void* place) noexcept { give_back(place); }
void operator delete[](void* place) noexcept { give_back(place); }
void operator delete(void* place, std::size_t /*bytes*/) noexcept { give_back(place); }
void operator delete[](void* place, std::size_t /*bytes*/) noexcept { give_back(place); }
void operator delete(void* place, const std::nothrow_t& /*tag*/) noexcept { give_back(place); }
void operator delete[](void* place, const std::nothrow_t& /*tag*/) noexcept { give_back(place); }

namespace fuzz {

bool memory_is_counted() noexcept {
  const std::size_t before = out;
  void* const place = ::operator new(100);
  const bool counted = out >= before + 100;
  ::operator delete(place);
  return counted;
}

memory_watch::memory_watch() noexcept : out_before_(out) { most = out; }
std::size_t memory_watch::peak() const noexcept { return most - out_before_; }

}  // namespace fuzz
