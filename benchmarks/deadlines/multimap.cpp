// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "workload.hpp"

#include <cstddef>
#include <map>
#include <vector>

namespace {

using deadlines::key_type;
namespace wr = waku::reliability;

/// The standard's ordered map from the time to the key, and where in it each key is.
class contender {
 public:
  explicit contender(std::size_t keys) : places_(keys) {}

  void arm(key_type key, wr::steady_time at) { places_[key] = armed_.emplace(at, key); }
  void cancel(key_type key) { armed_.erase(places_[key]); }

  template <class F>
  void advance(wr::steady_time now, F&& fired) {
    while (!armed_.empty() && armed_.begin()->first <= now) {
      const key_type key = armed_.begin()->second;
      armed_.erase(armed_.begin());
      fired(key);
    }
  }

 private:
  using armed_map = std::multimap<wr::steady_time, key_type>;

  armed_map armed_;
  std::vector<armed_map::iterator> places_;
};

const deadlines::entry<contender> entered("multimap");

}  // namespace
