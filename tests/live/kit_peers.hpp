// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <doctest/doctest.h>
#include <asio/io_context.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <live/bench.hpp>
#include <testing/framed_peer.hpp>
#include <testing/real_time.hpp>

namespace live_bench {

namespace wt = wr::testing;

constexpr std::string_view second_shard = "/waku/2/rs/1/1";

/// The service peers of the conformance kit, on libp2p hosts of their own: they read real streams and answer what the
/// kit chooses. The first of them takes part in the relay too, on both shards.
class kit_peers {
 public:
  /// `once`: streams end with their answer, so that no reply can come twice.
  kit_peers(asio::io_context& context, wt::peer_desk<wr::message>& desk, bool once)
      : context_(&context), desk_(&desk), once_(once) {}

  void start(std::size_t index, std::span<const ww::protocol> serving) {
    service_peer& own = peers_[index];
    wl::host_options options = quick_host(index == 0);
    options.key_file = folder_.file("key" + std::to_string(index));
    if (!own.address.empty()) options.listen = {own.address};
    own.host = std::make_unique<wl::host>(context_->get_executor(), options);
    const std::string& address = own.host->addresses().front();
    own.address = address.substr(0, address.find("/p2p/"));
    wl::network_options network = quick_network();
    network.shards = {0, 1};
    own.network = std::make_unique<wl::network>(*own.host, network);
    if (index == 0) {
      for (const std::string_view topic : {shard, second_shard}) join(std::string(topic));
    }
    for (const ww::protocol each : serving) {
      own.host->serve(ww::id_of(each), [this, index, each](std::uint64_t id, std::string_view) {
        const auto stream = wl::frame_stream::accept(
            *peers_[index].host, id, each, ww::frame_limit(ww::request_frame(each), ww::limits{}), patience);
        stream->on_frame = [this, index, each, own = stream->weak_from_this()](byte_span body) {
          arrive(index, each, own, body);
        };
      });
    }
  }
  void end(std::size_t index) {
    peers_[index].network.reset();
    peers_[index].host.reset();
    if (index == 0) neighbours_.clear();
  }
  /// With its peer id.
  [[nodiscard]] const std::string& address(std::size_t index) const {
    return peers_[index].host->addresses().front();
  }
  /// On one stream.
  void push(std::size_t index, const std::string& to, std::string_view pubsub_topic,
            std::span<const wr::message> messages) {
    ww::byte_buffer frames;
    for (const wr::message& each : messages) push_codec_.encode(pubsub_topic, each, frames);
    const ww::protocol protocols[] = {ww::protocol::filter_push};
    const auto stream = wl::frame_stream::open(*peers_[index].host, to, protocols, patience);
    stream->on_open = [raw = stream.get(), frames = std::move(frames)](ww::protocol) {
      raw->write(frames);
      raw->release();
    };
  }
  void relay(std::string_view pubsub_topic, const wr::message& m) {
    // Before the neighbour knows of the transport's subscription, or where there is none, there is nobody to tell.
    const std::string topic(pubsub_topic);
    run_context(
        *context_, [&] { return neighbours_[topic] > 0; }, 500ms);
    ww::byte_buffer data;
    messages_.encode(m, data);
    peers_[0].host->publish(this, topic, data, {});
  }

 private:
  using byte_span = std::span<const std::byte>;

  static constexpr std::size_t unanswered_max = 50;

  struct service_peer {
    std::unique_ptr<wl::host> host;
    std::unique_ptr<wl::network> network;  // for the metadata
    std::string address;                   // where it was first, and is to be again
  };

  void join(const std::string& topic) {
    peers_[0].host->join(
        this, topic,
        [this, topic](byte_span data, std::string_view) {
          framed_peer::kit_request seen;
          seen.kind = wr::operation_kind::relay_publish;
          seen.pubsub_topic = topic;
          seen.message.emplace();
          REQUIRE_FALSE(messages_.decode(data, *seen.message));
          desk_->arrived(std::move(seen));
        },
        [this, topic](std::uint32_t peers) { neighbours_[topic] = peers; });
  }

  void arrive(std::size_t index, ww::protocol spoken, const std::weak_ptr<wl::frame_stream>& stream,
              byte_span body) {
    auto [seen, asked] = frames_.read(index, spoken, body);
    // Those whose client has cancelled are not told from those that wait for the kit's answer: the oldest give way.
    unanswered_.push_back(stream);
    if (unanswered_.size() > unanswered_max) {
      if (const auto oldest = unanswered_.front().lock()) oldest->abandon();
      unanswered_.pop_front();
    }
    desk_->arrived(std::move(seen),
                   [this, spoken, stream, asked = asked](const framed_peer::kit_answer& with) {
                     if (const auto open = stream.lock()) respond(open, spoken, *asked, with);
                     return true;
                   });
  }
  void respond(const std::shared_ptr<wl::frame_stream>& stream, ww::protocol spoken,
               const ww::decoded_store_request& asked, const framed_peer::kit_answer& with) {
    const auto* trouble = std::get_if<wt::peer_trouble>(&with);
    if (trouble != nullptr && *trouble == wt::peer_trouble::reset) return stream->abandon();
    stream->write(frames_.write(spoken, asked, with));
    if (trouble != nullptr || once_) return stream->release();
    // It stays open, for a reply that is sent twice, until another is answered.
    const auto former = std::exchange(answered_, stream).lock();
    if (former && former != stream) former->release();
  }

  asio::io_context* context_;
  wt::peer_desk<wr::message>* desk_;
  bool once_;
  scratch_folder folder_;
  framed_peer::frames frames_;
  ww::filter_push_codec push_codec_;
  ww::message_codec messages_;
  std::map<std::string, std::uint32_t> neighbours_;  // of the first peer, by topic
  std::array<service_peer, wt::conformance_peers> peers_;
  std::deque<std::weak_ptr<wl::frame_stream>> unanswered_;
  std::weak_ptr<wl::frame_stream> answered_;
};

}  // namespace live_bench
