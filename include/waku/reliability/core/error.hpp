// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <string>
#include <system_error>
#include <type_traits>

namespace waku::reliability {

/// Why the engine refused a call. Nothing was accepted, and nothing accepted before is lost.
enum class errc {
  message_too_large = 1,  ///< the encoded message is over options.publish.message_bytes_max
  meta_too_long,          ///< meta has more than 64 bytes
  empty_payload,          ///< most nodes refuse a message without payload
  empty_topic,            ///< the pubsub topic or a content topic is empty
  no_content_topics,      ///< subscribe without a content topic would mean everything
  too_many_topics,        ///< more content topics on a pubsub topic than one filter node accepts
  buffer_full,            ///< the outgoing buffer is full: wait for outcomes, then publish again
  duplicate,              ///< a message with this hash is already on its way
  no_publish_route,       ///< the policies publish nothing
  no_receive_route,       ///< the policies receive nothing
  stopped,                ///< the engine was stopped
  unknown_request,        ///< no request of this id is pending
  invalid_options,        ///< at least one option is out of range; validate() names each
  not_empty,              ///< restore needs an engine that has done nothing yet
};

/// The category of errc, named "waku.reliability".
[[nodiscard]] inline const std::error_category& error_category() noexcept {
  struct category final : std::error_category {
    const char* name() const noexcept override { return "waku.reliability"; }
    std::string message(int value) const override { return text_of(static_cast<errc>(value)); }

   private:
    static const char* text_of(errc value) noexcept {
      switch (value) {
        case errc::message_too_large: return "the encoded message is larger than the network accepts";
        case errc::meta_too_long: return "meta is longer than 64 bytes";
        case errc::empty_payload: return "the message has no payload";
        case errc::empty_topic: return "a pubsub topic or content topic is empty";
        case errc::no_content_topics: return "no content topic was given";
        case errc::too_many_topics: return "more content topics than one filter node accepts";
        case errc::buffer_full: return "the outgoing buffer is full";
        case errc::duplicate: return "a message with this hash is already on its way";
        case errc::no_publish_route: return "the policies publish nothing";
        case errc::no_receive_route: return "the policies receive nothing";
        case errc::stopped: return "the engine was stopped";
        case errc::unknown_request: return "no such request is pending";
        case errc::invalid_options: return "an option is out of range";
        case errc::not_empty: return "restore needs an engine that has done nothing yet";
      }
      return "unknown error";
    }
  };
  static const category instance;
  return instance;
}

/// By which an errc becomes a std::error_code.
[[nodiscard]] inline std::error_code make_error_code(errc value) noexcept {
  return {static_cast<int>(value), error_category()};
}

}  // namespace waku::reliability

template <>
struct std::is_error_code_enum<waku::reliability::errc> : std::true_type {};
