// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "heap.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

std::size_t bytes_out = 0;  // the program has one thread

// The size stands before what is given out, with so much room that the alignment holds.
constexpr std::size_t room_before(std::size_t alignment) {
  return alignment < alignof(std::max_align_t) ? alignof(std::max_align_t) : alignment;
}

void* take(std::size_t size, std::size_t alignment) {
  const std::size_t room = room_before(alignment);
  auto* const block = static_cast<std::byte*>(std::aligned_alloc(room, (size + 2 * room - 1) / room * room));
  if (block == nullptr) throw std::bad_alloc();
  std::memcpy(block, &size, sizeof size);
  bytes_out += size;
  return block + room;
}

void give_back(void* taken, std::size_t alignment) noexcept {
  if (taken == nullptr) return;
  std::byte* const block = static_cast<std::byte*>(taken) - room_before(alignment);
  std::size_t size;
  std::memcpy(&size, block, sizeof size);
  bytes_out -= size;
  std::free(block);
}

}  // namespace

std::size_t presets::heap_bytes() { return bytes_out; }

// The other forms of new and delete end up in these. Inlined, they would look to g++ like pairs that do not match.
[[gnu::noinline]] void* operator new(std::size_t size) { return take(size, 1); }
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  return take(size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* taken) noexcept { give_back(taken, 1); }
[[gnu::noinline]] void operator delete(void* taken, std::size_t) noexcept { give_back(taken, 1); }
[[gnu::noinline]] void operator delete(void* taken, std::align_val_t alignment) noexcept {
  give_back(taken, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* taken, std::size_t, std::align_val_t alignment) noexcept {
  give_back(taken, static_cast<std::size_t>(alignment));
}
