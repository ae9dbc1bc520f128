// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/service/profile.hpp>

#include <doctest/doctest.h>

namespace profile_tests {

namespace ws = waku::reliability::services;

TEST_CASE("the profiles differ as the implementations do") {
  const ws::profile nwaku = ws::nwaku_profile();
  const ws::profile go = ws::go_waku_profile();
  CHECK((nwaku.store && !nwaku.legacy_lightpush && !nwaku.repeat_is_success && nwaku.end_inclusive));
  CHECK((!go.store && go.legacy_lightpush && go.repeat_is_success && !go.end_inclusive));
  CHECK(nwaku.filter_rate.requests == 30);
  CHECK(go.filter_rate.requests == 1);
  CHECK(nwaku.lightpush_rate.requests == 0);
  CHECK(go.lightpush_rate.requests == 1);
}

TEST_CASE("a store by the text differs from nwaku's in what the text says") {
  const ws::profile text = ws::specified_store_profile();
  CHECK((text.store && !text.end_inclusive && text.criteria_in_pairs && !text.first_page_unchecked));
  CHECK((!text.lookups_newest_first && text.lookup_batch == 0));
  CHECK(text.page_usual == 20);
  CHECK(text.page_max == 100);
}

TEST_CASE("an older node serves the legacy protocols alone") {
  const ws::profile old = ws::legacy_store_profile();
  CHECK((old.legacy_store && !old.store && old.legacy_lightpush));
  const ws::profile go = ws::go_waku_store_profile();
  CHECK((go.legacy_store && !go.store && !go.end_inclusive && !go.first_page_unchecked));
}

}  // namespace profile_tests
