// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/service/lightpush_service.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/core/message.hpp>

#include <cache/samples.hpp>

namespace lightpush_service_tests {

namespace wr = waku::reliability;
namespace ws = waku::reliability::services;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view shard = "/waku/2/rs/1/3";
constexpr wr::wall_time noon{1'700'000'000s};

constexpr wr::instant at(wr::duration since_zero) { return {samples::at(since_zero), noon + since_zero}; }

// A push that every node relays.
ws::lightpush_facts good_push() {
  ws::lightpush_facts facts;
  facts.client = static_cast<wr::peer_id>(1);
  facts.pubsub_topic = shard;
  facts.content_topic = "/app/1/chat/proto";
  facts.payload_bytes = 10;
  facts.encoded_bytes = 60;
  facts.timestamp = noon.time_since_epoch().count();
  return facts;
}
ws::profile with_rln() {
  ws::profile own = ws::nwaku_profile();
  own.rln = true;
  return own;
}
// The status of a refusal, or 0.
std::uint32_t refusal(const ws::lightpush_admission& admission) {
  return admission.refusal ? admission.refusal->status : 0;
}

}  // namespace

TEST_CASE("a message that is admitted is answered by what the relay did with it") {
  ws::lightpush_service it(ws::nwaku_profile());
  const auto admission = it.admit(good_push(), at(0s));
  REQUIRE(admission);
  CHECK(admission.pubsub_topic == shard);
  const wr::lightpush_reply accepted = it.answer(admission, {4});
  CHECK(accepted.status == 200);
  CHECK(accepted.relay_peer_count == 4);
  CHECK_FALSE(accepted.legacy);
  const wr::lightpush_reply lonely = it.answer(admission, {0});
  CHECK(lonely.status == 505);
  CHECK(lonely.description == "not_published_to_any_peer");
  CHECK_FALSE(lonely.relay_peer_count);
  CHECK(it.failed(admission, "the relay is gone").status == 500);
}

TEST_CASE("what is wrong with a message has its status, in the numbers of nwaku and of the text") {
  ws::profile nwaku = ws::nwaku_profile();
  ws::profile text = ws::specified_lightpush_profile();
  nwaku.pubsub_topics = text.pubsub_topics = {std::string(shard), ""};
  ws::lightpush_service of_nwaku(nwaku);
  ws::lightpush_service of_text(text);
  const auto both = [&](const ws::lightpush_facts& facts) {
    return std::vector<std::uint32_t>{refusal(of_nwaku.admit(facts, at(0s))),
                                      refusal(of_text.admit(facts, at(0s)))};
  };
  using statuses = std::vector<std::uint32_t>;

  ws::lightpush_facts facts = good_push();
  CHECK(both(facts) == statuses{0, 0});
  facts.meta_bytes = 64;
  facts.encoded_bytes = 153'600;
  CHECK(both(facts) == statuses{0, 0});
  facts.meta_bytes = 65;
  CHECK(both(facts) == statuses{400, 400});
  facts = good_push();
  facts.encoded_bytes = 153'601;
  CHECK(both(facts) == statuses{420, 413});
  facts = good_push();
  facts.pubsub_topic = "";
  CHECK(both(facts) == statuses{400, 400});
  facts.pubsub_topic = " \t\n";
  CHECK(both(facts) == statuses{400, 400});
  facts.pubsub_topic = "/waku/2/rs/1/4";
  CHECK(both(facts) == statuses{505, 421});
  CHECK(of_text.answer(of_text.admit(good_push(), at(0s)), {0}).status == 503);
}

TEST_CASE("an empty payload or content topic is invalid to go-waku alone") {
  ws::profile go = ws::go_waku_profile();
  go.lightpush_rate = {};
  ws::lightpush_service of_go(go);
  ws::lightpush_service of_nwaku(ws::nwaku_profile());
  ws::lightpush_facts facts = good_push();
  facts.payload_bytes = 0;
  CHECK(of_nwaku.admit(facts, at(0s)));
  CHECK(refusal(of_go.admit(facts, at(0s))) == 500);
  facts = good_push();
  facts.content_topic = "";
  CHECK(of_nwaku.admit(facts, at(0s)));
  CHECK(refusal(of_go.admit(facts, at(0s))) == 500);
}

TEST_CASE("without a pubsub topic the content topic's shard is taken, where there is autosharding") {
  const auto shard_of = [](std::string_view content_topic) -> std::optional<std::string> {
    if (content_topic != "/app/1/chat/proto") return std::nullopt;
    return "/waku/2/rs/1/5";
  };
  ws::lightpush_service it(ws::nwaku_profile());
  ws::lightpush_facts facts = good_push();
  CHECK(it.admit(facts, at(0s), shard_of).pubsub_topic == shard);
  facts.pubsub_topic.reset();
  CHECK(it.admit(facts, at(0s), shard_of).pubsub_topic == "/waku/2/rs/1/5");
  CHECK(refusal(it.admit(facts, at(0s))) == 420);
  facts.content_topic = "no topic";
  CHECK(refusal(it.admit(facts, at(0s), shard_of)) == 420);

  facts = good_push();
  facts.pubsub_topic.reset();
  ws::profile own = ws::nwaku_profile();
  own.autosharding = false;
  ws::lightpush_service of_static_shards(own);
  CHECK(refusal(of_static_shards.admit(facts, at(0s), shard_of)) == 420);
  // The legacy protocol never autoshards.
  facts.legacy = true;
  CHECK(refusal(it.admit(facts, at(0s), shard_of)) == 500);
}

TEST_CASE("the rate is kept for each client, and comes before everything else") {
  ws::profile own = ws::nwaku_profile();
  own.lightpush_rate = {2, 1min};
  ws::lightpush_service it(own);
  ws::lightpush_facts facts = good_push();
  facts.meta_bytes = 65;
  CHECK(refusal(it.admit(facts, at(0s))) == 400);
  CHECK(refusal(it.admit(facts, at(0s))) == 400);
  const auto third = it.admit(facts, at(0s));
  CHECK(refusal(third) == 429);
  CHECK(third.refusal->description == "TOO_MANY_REQUESTS");
  facts = good_push();
  facts.client = static_cast<wr::peer_id>(2);
  CHECK(it.admit(facts, at(0s)));
  facts.client = static_cast<wr::peer_id>(1);
  CHECK(it.admit(facts, at(30s)));
}

TEST_CASE("a push that could not be read counts against the rate, and to ask for the rate does not") {
  ws::profile own = ws::nwaku_profile();
  own.lightpush_rate = {3, 1min};
  ws::lightpush_service it(own);
  const wr::peer_id client = good_push().client;
  for (int asked = 0; asked < 5; ++asked) CHECK_FALSE(it.over_rate(client, samples::at(0s)));
  it.count_unread(client, samples::at(0s));
  CHECK(it.admit(good_push(), at(0s)));
  CHECK(it.admit(good_push(), at(0s)));
  CHECK(it.over_rate(client, samples::at(0s)));
  CHECK(refusal(it.admit(good_push(), at(0s))) == 429);
  CHECK_FALSE(it.over_rate(static_cast<wr::peer_id>(9), samples::at(0s)));
  CHECK_FALSE(it.over_rate(client, samples::at(20s)));
}

TEST_CASE("legacy v2 knows yes and no: 200, 429 by its text, and 500 for the rest, without a count") {
  ws::profile own = ws::nwaku_profile();
  own.lightpush_rate = {2, 1min};
  ws::lightpush_service it(own);
  ws::lightpush_facts facts = good_push();
  facts.legacy = true;
  const auto admission = it.admit(facts, at(0s));
  const wr::lightpush_reply accepted = it.answer(admission, {4});
  CHECK(accepted.status == 200);
  CHECK(accepted.legacy);
  CHECK_FALSE(accepted.relay_peer_count);
  const wr::lightpush_reply lonely = it.answer(admission, {0});
  CHECK(lonely.status == 500);
  CHECK(lonely.legacy);
  CHECK(lonely.description == "not_published_to_any_peer");
  facts.encoded_bytes = 1'000'000;
  CHECK(refusal(it.admit(facts, at(0s))) == 500);
  CHECK(refusal(it.admit(facts, at(0s))) == 429);

  // A node that has nothing but the legacy protocol answers in its words, whatever it was asked by.
  ws::lightpush_service only_legacy(ws::legacy_store_profile());
  CHECK(only_legacy.answer(only_legacy.admit(good_push(), at(0s)), {1}).legacy);
}

TEST_CASE("repeated bytes are a success to go-waku and like no peers to nwaku") {
  ws::lightpush_service of_nwaku(ws::nwaku_profile());
  ws::lightpush_service of_go(ws::go_waku_profile());
  ws::lightpush_facts facts = good_push();
  facts.seen = true;
  const auto at_nwaku = of_nwaku.admit(facts, at(0s));
  CHECK(at_nwaku.repeated);
  CHECK(of_nwaku.answer(at_nwaku, {0}).status == 505);
  const auto at_go = of_go.admit(facts, at(0s));
  CHECK(of_go.answer(at_go, {0}).status == 200);
  facts.seen = false;
  CHECK(of_go.answer(of_go.admit(facts, at(1s)), {0}).status == 500);
}

TEST_CASE("under RLN a message may be twenty seconds off, and a repeat needs a fresh proof") {
  ws::lightpush_service it(with_rln());
  ws::lightpush_facts facts = good_push();
  CHECK(it.admit(facts, at(20s)));
  CHECK(it.admit(facts, at(-20s)));
  CHECK(refusal(it.admit(facts, at(20s + 1ns))) == 420);
  const auto early = it.admit(facts, at(-20s - 1ns));
  CHECK(refusal(early) == 420);
  CHECK(early.refusal->description == "RLN validation failed");
  for (const std::int64_t extreme :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    facts.timestamp = extreme;
    CHECK(refusal(it.admit(facts, at(0s))) == 420);
  }
  // Nor is anything computed with the node's clock that could be too much for it.
  facts.timestamp = std::numeric_limits<std::int64_t>::max();
  CHECK(it.admit(facts, {samples::at(0s), wr::wall_time::max()}));
  CHECK(refusal(it.admit(facts, {samples::at(0s), wr::wall_time::min()})) == 420);
  facts = good_push();
  facts.seen = true;
  CHECK(refusal(it.admit(facts, at(0s))) == 420);
  facts.fresh_proof = true;
  const auto renewed = it.admit(facts, at(0s));
  REQUIRE(renewed);
  CHECK_FALSE(renewed.repeated);

  // Without RLN age does not matter, nor does a proof.
  ws::lightpush_service plain(ws::nwaku_profile());
  CHECK(plain.admit(facts, at(1h)).repeated);
}

TEST_CASE("under RLN without a bound on age every timestamp will do") {
  ws::profile own = with_rln();
  own.rln_age_max = wr::duration::max();
  ws::lightpush_service it(own);
  ws::lightpush_facts facts = good_push();
  CHECK(it.admit(facts, at(0s)));
  for (const std::int64_t extreme :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    facts.timestamp = extreme;
    CHECK(it.admit(facts, at(0s)));
  }
}

TEST_CASE("the facts of a client's own request are read from it") {
  wr::message m;
  m.payload.resize(7);
  m.meta.resize(3);
  m.content_topic = "/app/1/chat/proto";
  m.timestamp = 5;
  const wr::message_hash hash;
  const wr::lightpush_request<wr::message> request{{}, static_cast<wr::peer_id>(9), shard, m, hash, true};
  const ws::lightpush_facts facts = ws::facts_of(request);
  CHECK(facts.client == static_cast<wr::peer_id>(9));
  CHECK(facts.pubsub_topic == shard);
  CHECK(facts.content_topic == m.content_topic);
  CHECK(facts.payload_bytes == 7);
  CHECK(facts.meta_bytes == 3);
  CHECK(facts.encoded_bytes == wr::message_traits<wr::message>::encoded_size(m));
  CHECK(facts.timestamp == 5);
  CHECK(facts.fresh_proof);
  CHECK_FALSE(facts.seen);
}

}  // namespace lightpush_service_tests
