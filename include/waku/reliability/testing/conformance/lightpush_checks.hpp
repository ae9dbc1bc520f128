// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include <waku/reliability/testing/conformance/trial.hpp>

/// Checks of lightpush.
namespace waku::reliability::testing::conformance {

struct lightpush_keeps_message {
  static constexpr check_description about{
      "lightpush.message",
      "a message reaches the peer with payload, content topic, meta, timestamp and ephemeral flag unchanged"};

  template <class Trial>
  static void run(Trial& it) {
    for (const message& original : awkward_messages(it.content_topic(1), it.options().payload_bytes)) {
      const operation_id operation = it.lightpush(original);
      const auto number = it.arrival(operation);
      if (!number) return;
      const auto& arrived = it.arrivals()[*number].message;
      const std::string changed = arrived ? changed_fields(original, *arrived) : "the whole message";
      if (!changed.empty()) return it.fail("changed on the way: " + changed);
      if (!it.answer(*number, it.good_answer(operation_kind::lightpush)) || !it.end_of(operation)) return;
    }
  }
};

struct lightpush_keeps_topic {
  static constexpr check_description about{"lightpush.pubsub_topic",
                                           "the peer is asked to publish on the request's pubsub topic"};

  template <class Trial>
  static void run(Trial& it) {
    for (const std::size_t which : {1U, 0U}) {
      const auto number = it.arrival(it.lightpush(it.sample(1), 0, which));
      if (!number) return;
      const std::string& topic = it.arrivals()[*number].pubsub_topic;
      if (topic != it.topic(which)) return it.fail("asked for " + topic);
    }
  }
};

struct lightpush_keeps_reply {
  static constexpr check_description about{"lightpush.reply",
                                           "a reply carries relay_peer_count, which may be absent or 0, and "
                                           "the peer's description, and is not legacy"};

  template <class Trial>
  static void run(Trial& it) {
    lightpush_reply answers[4];
    answers[0].status = answers[1].status = answers[2].status = status_code::ok;
    answers[0].relay_peer_count = 7;
    answers[1].relay_peer_count = 0;
    answers[3].status = status_code::invalid_message;
    answers[3].description = "RLN validation failed";
    for (const lightpush_reply& wanted : answers) {
      const auto got = it.template reply_to<lightpush_reply>(it.lightpush(it.sample(1)), wanted);
      if (!got) return;
      if (got->legacy) return it.fail("the reply of lightpush v3 is marked as legacy");
      if (got->relay_peer_count != wanted.relay_peer_count) {
        return it.fail("relay_peer_count was " + count_of(wanted) + ", told as " + count_of(*got));
      }
      if (!wanted.description.empty() && got->description != wanted.description) {
        return it.fail("the description \"" + wanted.description + "\" was told as \"" + got->description +
                       "\"");
      }
    }
  }

 private:
  static std::string count_of(const lightpush_reply& reply) {
    return reply.relay_peer_count ? std::to_string(*reply.relay_peer_count) : "absent";
  }
};

struct lightpush_marks_legacy {
  static constexpr check_description about{"lightpush.legacy",
                                           "a reply of lightpush v2 is marked legacy, has no count, and is "
                                           "200 for success and never 2xx for failure"};

  template <class Trial>
  static void run(Trial& it) {
    if (!it.set_peer(1, peer_state::legacy)) return;
    for (const bool accepted : {true, false}) {
      lightpush_reply answer;
      answer.status = accepted ? status_code::ok : status_code::internal_server_error;
      answer.legacy = true;
      if (!accepted) answer.description = "not_published_to_any_peer";
      const operation_id operation = it.lightpush(it.sample(accepted ? 1 : 2), 1);
      static_cast<void>(it.wait([&] { return speaks_v3_only(it, operation) || it.has_arrived(operation); }));
      if (speaks_v3_only(it, operation)) return it.skip("the transport does not speak lightpush v2");
      const auto got = it.template reply_to<lightpush_reply>(operation, answer);
      if (!got) return;
      if (!got->legacy) return it.fail("the reply is not marked as legacy");
      if (got->relay_peer_count) return it.fail("the reply has a relay_peer_count, which v2 does not have");
      if (is_success(got->status) != accepted) {
        return it.fail(std::string(accepted ? "success" : "failure") + " was told as " +
                       std::to_string(got->status));
      }
      if (got->description != answer.description) return it.fail("the peer's text was lost");
    }
  }

 private:
  template <class Trial>
  static bool speaks_v3_only(Trial& it, operation_id operation) {
    const auto* end = it.heard().first_end(operation);
    const auto* error = end == nullptr ? nullptr : std::get_if<transport_error>(end);
    return error != nullptr && *error == transport_error::unsupported_protocol;
  }
};

}  // namespace waku::reliability::testing::conformance
