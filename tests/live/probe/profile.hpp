// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/service/profile.hpp>

#include <program/storing_node.hpp>

#include "settings.hpp"

namespace live_probe {

namespace ws = waku::reliability::services;

inline ws::profile profile_of(const settings& chosen) {
  ws::profile made = live_program::storing_profile();
  made.lightpush = chosen.serves("lightpush");
  made.filter = chosen.serves("filter");
  made.store = made.legacy_store = chosen.serves("store");
  made.autosharding = chosen.shards_in_cluster != 0;
  if (!chosen.limited) made.filter_rate = {};
  return made;
}

}  // namespace live_probe
