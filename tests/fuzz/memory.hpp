// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>

/// Every byte that operator new has out, counted for the whole program.
namespace fuzz {

/// Whether this platform can be asked how large an allocation is; elsewhere nothing is counted.
[[nodiscard]] bool memory_is_counted() noexcept;

/// The most memory that was taken at once since it began, beside what was out already. One at a time.
class memory_watch {
 public:
  memory_watch() noexcept;
  [[nodiscard]] std::size_t peak() const noexcept;

 private:
  std::size_t out_before_;
};

}  // namespace fuzz
