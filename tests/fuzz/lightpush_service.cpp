// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/service/lightpush_service.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "target.hpp"

// Requests to a lightpush service against its rules written down in a row.

namespace wr = waku::reliability;
namespace ws = wr::services;
using fuzz::demand;

namespace {

constexpr std::array<std::string_view, 5> topics{"/waku/2/rs/1/0", "/waku/2/rs/1/1", "", " \t", "other"};
constexpr std::array<std::string_view, 3> content_topics{"/a/1/x/proto", "", "bare"};

std::optional<std::string> shard_of(std::string_view content_topic) {
  if (content_topic == content_topics[0]) return std::string(topics[0]);
  return std::nullopt;
}

/// So many requests within each second that has no request before it: counted in thirds, as credit comes back.
class plain_meter {
 public:
  bool allow(std::uint32_t client, std::int64_t now_ms) {
    auto [place, added] = credit_.try_emplace(client, account{full, now_ms});
    account& own = place->second;
    own.credit = std::min(full, own.credit + (now_ms - own.seen_ms));
    own.seen_ms = now_ms;
    if (own.credit < cost) return false;
    own.credit -= cost;
    return true;
  }

 private:
  static constexpr std::int64_t cost = 300;  // ms
  static constexpr std::int64_t full = 3 * cost;
  struct account {
    std::int64_t credit;
    std::int64_t seen_ms;
  };
  std::map<std::uint32_t, account> credit_;
};

/// The status of a refusal, in the words of v3; nothing where the push may go on.
std::optional<std::uint32_t> refusal(const ws::lightpush_facts& facts, const ws::profile& own, bool legacy,
                                     std::int64_t clock) {
  if (facts.meta_bytes > 64) return 400;
  std::optional<std::string> topic;
  if (facts.pubsub_topic) {
    topic = std::string(*facts.pubsub_topic);
  } else if (!legacy && own.autosharding) {
    topic = shard_of(facts.content_topic);
  }
  if (!topic) return 420;
  if (*topic == topics[2] || *topic == topics[3]) return 400;
  if (own.needs_content && (facts.payload_bytes == 0 || facts.content_topic.empty())) return 420;
  if (facts.encoded_bytes > own.message_bytes_max) return own.oversize_status;
  if (own.rln) {
    const std::int64_t off = facts.timestamp > clock ? facts.timestamp - clock : clock - facts.timestamp;
    if (off > own.rln_age_max.count() || (facts.seen && !facts.fresh_proof)) return 420;
  }
  if (!own.pubsub_topics.empty() && *topic != topics[0]) return own.foreign_shard_status;
  return std::nullopt;
}

}  // namespace

// Profile; then requests.
void fuzz::lightpush_service(byte_span bytes) {
  input from(bytes);
  const std::uint32_t kind = from.byte();
  ws::profile own = kind % 3 == 0   ? ws::nwaku_profile()
                    : kind % 3 == 1 ? ws::go_waku_profile()
                                    : ws::specified_lightpush_profile();
  if ((kind & 0x80U) != 0) own.pubsub_topics = {std::string(topics[0])};
  own.rln = (kind & 0x40U) != 0;
  own.lightpush_rate = {3, std::chrono::milliseconds(900)};
  ws::lightpush_service service(own);
  plain_meter meter;
  wr::instant now{wr::steady_time(std::chrono::hours(1)), wr::wall_time(std::chrono::hours(500'000))};
  std::int64_t now_ms = 0;
  while (!from.empty()) {
    const std::int64_t step = from.byte();
    now = now + std::chrono::milliseconds(step);
    now_ms += step;
    const std::int64_t clock = now.wall.time_since_epoch().count();
    const std::uint32_t flags = from.byte();
    const std::uint32_t client = flags & 3U;
    ws::lightpush_facts facts;
    facts.client = wr::peer_id{client};
    const std::uint32_t topic = from.below(6);
    if (topic < topics.size()) facts.pubsub_topic = topics[topic];
    facts.content_topic = content_topics[from.below(3)];
    facts.legacy = (flags & 4U) != 0;
    facts.fresh_proof = (flags & 8U) != 0;
    facts.seen = (flags & 16U) != 0;
    facts.payload_bytes = (flags & 32U) != 0 ? 0 : 10;
    facts.encoded_bytes = 150'000 + std::size_t{from.byte()} * 20;
    facts.meta_bytes = from.below(67);
    facts.timestamp = clock + (std::int64_t{from.byte()} - 128) * 200'000'000;
    if (facts.timestamp - clock > 25'400'000'000 - 200'000'000) facts.timestamp = INT64_MAX;

    const bool legacy = facts.legacy || own.legacy_lightpush;
    const std::uint32_t admitted = meter.allow(client, now_ms) ? 200U : 429U;
    std::optional<std::uint32_t> expected = refusal(facts, own, legacy, clock);
    if (admitted == 429) expected = 429;
    const ws::lightpush_admission admission = service.admit(facts, now, shard_of);
    demand(admission.refusal.has_value() == expected.has_value(),
           "a push is refused by the rules, and only then");
    wr::lightpush_reply reply;
    if (admission.refusal) {
      reply = *admission.refusal;
      demand(!reply.description.empty(), "a refusal says why");
    } else {
      demand(admission.pubsub_topic == facts.pubsub_topic.value_or(topics[0]), "a push goes to its topic");
      const std::uint32_t peers = from.below(3);
      reply = (flags & 64U) != 0 ? service.failed(admission, "broken")
                                 : service.answer(admission, wr::relay_reply{peers});
      const bool repeat = own.repeat_is_success && facts.seen && !(own.rln && facts.fresh_proof);
      expected = (flags & 64U) != 0 ? 500U : peers > 0 || repeat ? 200U : own.no_peers_status;
      if (reply.status == 200 && !legacy) demand(reply.relay_peer_count == peers, "a success has its count");
    }
    if (legacy && *expected != 200 && *expected != 429) expected = 500;
    demand(reply.status == *expected, "the status is that of the rules");
    demand(reply.legacy == legacy && (!legacy || !reply.relay_peer_count),
           "the reply has the words of its version");
  }
}
