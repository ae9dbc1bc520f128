// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <waku/reliability/core/message_traits.hpp>
#include <waku/reliability/wire/generated.hpp>
#include <waku/reliability/wire/message_codec.hpp>

/// Relay (11/WAKU2-RELAY): what gossipsub's RPCs carry. The mesh itself is the gossipsub library's.
namespace waku::reliability::wire {

/// Says nothing of publications that are refused.
struct unreported {
  void operator()(const rejection& /*why*/, std::span<const std::byte> /*data*/) const noexcept {}
};

/// Encodes and decodes the publications in gossipsub's RPCs. `Rpc` is gossipsub's RPC, of our schema or yours;
/// `Generated` a WakuMessage.
template <generated_message Rpc, generated_message Generated>
class basic_relay_codec {
 public:
  explicit basic_relay_codec(const limits& most = {}) : parser_(most), messages_(most) {}

  /// Appends one frame with one publication, of data and topic only, as StrictNoSign has it.
  template <waku_message Message>
  void encode(std::string_view pubsub_topic, const Message& m, byte_buffer& target) {
    data_.clear();
    messages_.encode(m, data_);
    rpc_.Clear();
    auto& publication = *rpc_.add_publish();
    publication.mutable_data()->assign(text_of(data_));
    publication.mutable_topic()->assign(pubsub_topic);
    append_framed(rpc_, target);
  }

  /// Reads an RPC and gives each publication in it to `sink(pubsub_topic, message, data)`; `data` is what other
  /// peers must get as it is. One that is signed or numbered, has no topic, too much data, or data that are no
  /// message goes to `refuse(rejection, data)` instead, and the others are given all the same. Where the RPC itself
  /// is malformed or over a limit, nothing of it is given.
  template <buildable_message Message, class Sink, class Refuse = unreported>
  [[nodiscard]] std::optional<rejection> decode(std::span<const std::byte> bytes, Sink&& sink,
                                                Refuse&& refuse = {}) {
    if (auto refused = parser_.parse(bytes, frames::relay, rpc_)) return refused;
    Message message;
    for (const auto& publication : rpc_.publish()) {
      const std::span<const std::byte> data = bytes_of(publication.data());
      auto refused = check(publication);
      if (!refused) refused = messages_.decode(data, message);
      if (refused) {
        refuse(*refused, data);
      } else {
        sink(std::string_view(publication.topic()), std::as_const(message), data);
      }
    }
    return std::nullopt;
  }

 private:
  template <class Publication>
  [[nodiscard]] std::optional<rejection> check(const Publication& publication) const {
    const auto refused = [](field where, reason why) { return rejection{protocol::relay, where, why}; };
    if (publication.has_from()) return refused(field::from, reason::forbidden);
    if (publication.has_seqno()) return refused(field::seqno, reason::forbidden);
    if (publication.has_signature()) return refused(field::signature, reason::forbidden);
    if (publication.has_key()) return refused(field::key, reason::forbidden);
    if (publication.topic().empty()) return refused(field::topic, reason::missing);
    if (publication.data().size() > parser_.most().message_bytes)
      return refused(field::data, reason::too_long);
    return std::nullopt;
  }

  checked_parser parser_;
  basic_message_codec<Generated> messages_;
  Rpc rpc_;
  byte_buffer data_;
};

}  // namespace waku::reliability::wire
