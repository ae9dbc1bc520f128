// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <generic/random/network.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <tuple>

namespace generic::random_schedules {

std::optional<std::uint32_t> network::find(const wr::message_hash& hash) const {
  for (std::uint32_t place = 0; place < truths.size(); ++place) {
    if (truths[place].hash == hash) return place;
  }
  return std::nullopt;
}

std::uint32_t network::add(std::uint32_t shard, const message& body) {
  const wr::message_hash hash = hash_of(shard, body);
  if (const auto known = find(hash)) return *known;
  truth fresh;
  fresh.body = body;
  fresh.hash = hash;
  fresh.shard = shard;
  fresh.topic = place_of(topic_names, body.content_topic);
  truths.push_back(std::move(fresh));
  return static_cast<std::uint32_t>(truths.size() - 1);
}

wr::message_hash network::hash_of(std::uint32_t shard, const message& body) const {
  return wr::testing::fast_hasher{}(wr::hashed_parts(shard_names[shard], body));
}

std::vector<std::uint32_t> network::listing(std::uint32_t store, const content_query& query) const {
  std::vector<std::uint32_t> found;
  for (std::uint32_t place = 0; place < truths.size(); ++place) {
    const truth& each = truths[place];
    const std::int64_t stamp = each.body.timestamp;
    const bool in_range =
        stamp >= query.start && (stamp < query.end || (query.end_included && stamp == query.end));
    if (in_range && each.shard == query.shard && has(query.topics, each.topic) && has(each.stored, store)) {
      found.push_back(place);
    }
  }
  std::sort(found.begin(), found.end(), [this](std::uint32_t left, std::uint32_t right) {
    const truth& a = truths[left];
    const truth& b = truths[right];
    return std::tie(a.body.timestamp, a.hash) < std::tie(b.body.timestamp, b.hash);
  });
  return found;
}

bool network::archivable(const message& body, wr::wall_time now) {
  const duration age = now.time_since_epoch() - duration(body.timestamp);
  return !body.ephemeral && age <= std::chrono::seconds(20) && -age <= std::chrono::seconds(20);
}

}  // namespace generic::random_schedules

TEST_CASE("a store of the model lists what it holds, in the asked range, oldest first") {
  using namespace generic;
  using namespace generic::random_schedules;
  network net;
  const auto put = [&](std::int64_t stamp, std::string_view topic, bit_set stored) {
    message body;
    body.content_topic = topic;
    body.timestamp = stamp;
    const std::uint32_t place = net.add(0, body);
    net.truths[place].stored = stored;
    return place;
  };
  const auto late = put(30, topic_names[0], bit(0) | bit(1));
  const auto early = put(10, topic_names[0], bit(0));
  put(20, topic_names[1], bit(0));
  put(20, topic_names[0], bit(1));
  CHECK(put(10, topic_names[0], bit(0)) == early);
  CHECK(net.truths.size() == 4);

  content_query query{0, bit(0), 10, 30, true};
  CHECK(net.listing(0, query) == std::vector<std::uint32_t>{early, late});
  query.end_included = false;
  CHECK(net.listing(0, query) == std::vector<std::uint32_t>{early});
  query.shard = 1;
  CHECK(net.listing(0, query).empty());
}

TEST_CASE("a store of the model refuses ephemeral messages and stamps that are 20 s off") {
  using namespace generic;
  using namespace generic::random_schedules;
  using namespace std::chrono_literals;
  const wr::wall_time now{1'000'000s};
  message body;
  body.timestamp = now.time_since_epoch().count();
  CHECK(network::archivable(body, now));
  CHECK(network::archivable(body, now + 20s));
  CHECK_FALSE(network::archivable(body, now + 21s));
  CHECK_FALSE(network::archivable(body, now - 21s));
  body.ephemeral = true;
  CHECK_FALSE(network::archivable(body, now));
}
