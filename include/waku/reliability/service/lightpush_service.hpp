// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message_traits.hpp>
#include <waku/reliability/service/profile.hpp>
#include <waku/reliability/service/request_meter.hpp>

namespace waku::reliability::services {

/// What a lightpush service looks at of a request. The message has its timestamp: a host stamps one that came
/// without.
struct lightpush_facts {
  peer_id client{};
  std::optional<std::string_view> pubsub_topic{};  ///< absent: by autosharding
  std::string_view content_topic{};
  std::size_t payload_bytes = 0;
  std::size_t meta_bytes = 0;
  std::size_t encoded_bytes = 0;  ///< of the whole message
  std::int64_t timestamp = 0;     ///< Unix time in ns
  bool legacy = false;            ///< asked by the legacy protocol, v2
  bool fresh_proof = false;       ///< the message has an RLN proof that the relay has not seen
  bool seen = false;              ///< the relay has seen this message, whatever the proof
};

/// The facts of a request as a client of the library makes it; `legacy` and `seen` are for the host to say.
template <waku_message Message>
[[nodiscard]] lightpush_facts facts_of(const lightpush_request<Message>& request) {
  using traits = message_traits<Message>;
  lightpush_facts facts;
  facts.client = request.peer;
  facts.pubsub_topic = request.pubsub_topic;
  facts.content_topic = traits::content_topic(request.message);
  facts.payload_bytes = traits::payload(request.message).size();
  facts.meta_bytes = traits::meta(request.message).size();
  facts.encoded_bytes = traits::encoded_size(request.message);
  facts.timestamp = traits::timestamp(request.message);
  facts.fresh_proof = request.fresh_proof;
  return facts;
}

/// Whether a push may go to the relay.
struct lightpush_admission {
  std::optional<lightpush_reply> refusal{};  ///< the answer, and nothing is relayed
  std::string pubsub_topic{};                ///< where to publish otherwise
  bool legacy = false;
  bool repeated = false;  ///< the relay has these very bytes, so that it will not publish them

  explicit operator bool() const noexcept { return !refusal.has_value(); }
};

/// Autosharding of a node that does none.
struct no_autosharding {
  std::optional<std::string> operator()(std::string_view) const { return std::nullopt; }
};

/// The server's side of lightpush, v3 and legacy v2: says whether a message may be relayed, and answers for what
/// the relay did. It keeps no message.
///
///     const auto admission = service.admit(facts, now, shard_of);
///     if (!admission) return *admission.refusal;
///     // publish on admission.pubsub_topic by the relay, then
///     return service.answer(admission, relayed);
class lightpush_service {
 public:
  explicit lightpush_service(profile own) : profile_(std::move(own)) {}

  /// Refused are: what is over the rate (429), undecodable or for a blank topic (400), too large or invalid
  /// (420, or as the profile says), not fit for RLN (420), or for a shard that the node does not serve.
  /// `shard_of(content_topic)` gives the pubsub topic of a content topic, or nothing if that has none; it is
  /// asked where the profile autoshards and the request has no topic.
  template <class ShardOf = no_autosharding>
  [[nodiscard]] lightpush_admission admit(const lightpush_facts& facts, const instant& now,
                                          const ShardOf& shard_of = {}) {
    lightpush_admission admission;
    admission.legacy = facts.legacy || profile_.legacy_lightpush;
    admission.repeated = facts.seen && !(profile_.rln && facts.fresh_proof);
    const auto refuse = [&](std::uint32_t status, std::string_view text) {
      admission.refusal = reply(admission.legacy, status, text);
      return std::move(admission);
    };
    if (!meter_.allow(facts.client, profile_.lightpush_rate, now.steady)) {
      return refuse(status_code::too_many_requests, "TOO_MANY_REQUESTS");
    }
    if (facts.meta_bytes > meta_bytes_max) return refuse(status_code::bad_request, "undecodable");
    if (facts.pubsub_topic) {
      admission.pubsub_topic = *facts.pubsub_topic;
    } else if (admission.legacy || !profile_.autosharding) {
      return refuse(status_code::invalid_message, "a pubsub topic is needed: this node does not autoshard");
    } else if (auto shard = shard_of(facts.content_topic)) {
      admission.pubsub_topic = std::move(*shard);
    } else {
      return refuse(status_code::invalid_message, "no shard: invalid content topic");
    }
    if (blank(admission.pubsub_topic)) return refuse(status_code::bad_request, "topic must not be empty");
    if (profile_.needs_content && (facts.payload_bytes == 0 || facts.content_topic.empty())) {
      return refuse(status_code::invalid_message, "empty payload or content topic");
    }
    if (facts.encoded_bytes > profile_.message_bytes_max) {
      return refuse(profile_.oversize_status, "Message size exceeded maximum");
    }
    // Validators run before the relay looks whether it has seen the bytes, so a repeat is spam to them.
    if (profile_.rln && (too_old(facts.timestamp, now.wall) || admission.repeated)) {
      return refuse(status_code::invalid_message, "RLN validation failed");
    }
    if (!serves(admission.pubsub_topic)) {
      return refuse(profile_.foreign_shard_status, "not_published_to_any_peer");
    }
    return admission;
  }

  /// Whether a request of the client would be over its rate, so that a host need not read it. It is not counted:
  /// admit() does that.
  [[nodiscard]] bool over_rate(peer_id client, steady_time now) {
    return meter_.is_over(client, profile_.lightpush_rate, now);
  }
  /// A request of the client could not be read, and counts like any other.
  void count_unread(peer_id client, steady_time now) {
    static_cast<void>(meter_.allow(client, profile_.lightpush_rate, now));
  }

  /// The answer to a push that was admitted, by what became of its publication.
  [[nodiscard]] lightpush_reply answer(const lightpush_admission& admitted,
                                       const relay_reply& relayed) const {
    if (relayed.peer_count > 0 || (admitted.repeated && profile_.repeat_is_success)) {
      return accepted(admitted.legacy, relayed.peer_count);
    }
    return reply(admitted.legacy, profile_.no_peers_status, "not_published_to_any_peer");
  }
  /// The answer to a push whose publication ended without a word of the relay.
  [[nodiscard]] lightpush_reply failed(const lightpush_admission& admitted, std::string_view text) const {
    return reply(admitted.legacy, status_code::internal_server_error, text);
  }

  /// Success, with the count that v3 has and v2 lacks.
  [[nodiscard]] static lightpush_reply accepted(bool legacy, std::uint32_t peers) {
    lightpush_reply made = reply(legacy, status_code::ok, {});
    if (!legacy) made.relay_peer_count = peers;
    return made;
  }
  /// A reply in the words of v3, or of v2, which knows yes and no, and whose text alone tells a rate limit.
  [[nodiscard]] static lightpush_reply reply(bool legacy, std::uint32_t status, std::string_view text) {
    lightpush_reply made;
    made.status = status;
    made.description = text;
    made.legacy = legacy;
    if (legacy && status != status_code::ok && status != status_code::too_many_requests) {
      made.status = status_code::internal_server_error;
    }
    return made;
  }

 private:
  static constexpr std::size_t meta_bytes_max = 64;

  static bool blank(std::string_view topic) {
    return topic.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
  }
  [[nodiscard]] bool too_old(std::int64_t timestamp, wall_time here) const {
    return apart_by_more_than(profile_.rln_age_max, wall_time(duration(timestamp)), here);
  }
  [[nodiscard]] bool serves(std::string_view pubsub_topic) const {
    const auto& served = profile_.pubsub_topics;
    return served.empty() || std::find(served.begin(), served.end(), pubsub_topic) != served.end();
  }

  profile profile_;
  request_meter meter_;
};

}  // namespace waku::reliability::services
