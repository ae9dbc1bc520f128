// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <waku/reliability/core/random.hpp>

namespace midscale {

namespace wr = waku::reliability;

/// Puts elements into a random order, each order equally likely (Fisher and Yates, 1938; Durstenfeld, 1964).
template <class Element>
void shuffle(std::vector<Element>& elements, wr::random_source& random) {
  for (std::size_t left = elements.size(); left > 1; --left)
    std::swap(elements[left - 1], elements[static_cast<std::size_t>(random.below(left))]);
}

}  // namespace midscale
