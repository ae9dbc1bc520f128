// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace waku::reliability {

/// A pubsub topic's name, copied so that it can travel to the strand. Allocates only beyond 56 bytes, and the
/// topics of static sharding have about 20.
class topic_name {
 public:
  explicit topic_name(std::string_view name) : size_(name.size()) {
    if (size_ <= short_.size()) {
      std::copy(name.begin(), name.end(), short_.begin());
    } else {
      long_ = name;
    }
  }

  [[nodiscard]] std::string_view view() const noexcept {
    return size_ <= short_.size() ? std::string_view(short_.data(), size_) : std::string_view(long_);
  }

 private:
  std::size_t size_;
  std::array<char, 56> short_{};
  std::string long_;
};

}  // namespace waku::reliability
