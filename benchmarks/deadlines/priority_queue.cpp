// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "workload.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <queue>
#include <vector>

namespace {

using deadlines::key_type;
namespace wr = waku::reliability;

struct item {
  wr::steady_time at;
  key_type key;
  std::uint32_t generation;
};
struct later {
  bool operator()(const item& a, const item& b) const { return a.at > b.at; }
};

/// The standard's heap. It cannot take an item out of its middle, so a cancelled one stays until it comes up and is
/// skipped then. Where most are cancelled long before, as in arm_cancel, it would grow without end; so it is cleared of
/// them when they are more than the others.
class contender {
 public:
  explicit contender(std::size_t keys) : generations_(keys) {}

  void arm(key_type key, wr::steady_time at) {
    queue_.push({at, key, generations_[key]});
    ++armed_;
    if (queue_.size() > 2 * armed_ + 64) queue_.erase_if([this](const item& each) { return ended(each); });
  }
  void cancel(key_type key) {
    ++generations_[key];
    --armed_;
  }

  template <class F>
  void advance(wr::steady_time now, F&& fired) {
    while (!queue_.empty() && queue_.top().at <= now) {
      const item first = queue_.top();
      queue_.pop();
      if (ended(first)) continue;
      cancel(first.key);
      fired(first.key);
    }
  }

 private:
  struct clearable_queue : std::priority_queue<item, std::vector<item>, later> {
    template <class Predicate>
    void erase_if(Predicate ended) {
      std::erase_if(c, ended);
      std::make_heap(c.begin(), c.end(), comp);
    }
  };

  [[nodiscard]] bool ended(const item& each) const { return each.generation != generations_[each.key]; }

  clearable_queue queue_;
  std::vector<std::uint32_t> generations_;
  std::size_t armed_ = 0;
};

const deadlines::entry<contender> entered("priority_queue");

}  // namespace
