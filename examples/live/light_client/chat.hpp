// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>

#include <host.hpp>
#include <network.hpp>
#include <transport.hpp>
#include <waku/reliability/wire/codecs.hpp>

#include "../program/address.hpp"
#include "../program/console.hpp"
#include "../program/counts_signal.hpp"
#include "../program/naming.hpp"
#include "../program/peer_troubles.hpp"
#include "conversation.hpp"
#include "narration.hpp"
#include "settings.hpp"
#include "topics.hpp"

namespace live_light_client {

namespace wl = waku_live;

/// A conversation over libp2p, with word of its peers. Throws std::invalid_argument and std::runtime_error with
/// sentences.
template <class Policies>
class chat : private wl::peer_watcher {
 public:
  chat(asio::io_context& context, const settings& chosen)
      : strand_(context.get_executor()),
        console_(chosen.json),
        topics_(topics_of(chosen)),
        troubles_(console_, chosen.cluster, topics_.shards),
        host_(strand_, host_options_of(chosen)),
        network_(host_, network_options_of(chosen, topics_)),
        libp2p_(network_),
        narration_(
            console_, [this](wr::peer_id peer) { return name_of(peer); }, chosen.verbose),
        conversation_(context, strand_, console_, topics_, narration_, libp2p_),
        timer_(strand_),
        counts_signal_(strand_, console_, host_, [this] { return conversation_.amounts(); }) {
    lp::refuse_own_id(chosen.peers, host_.peer());
    asio::post(strand_, [this] { start(); });
  }
  chat(const chat&) = delete;
  chat& operator=(const chat&) = delete;
  ~chat() { network_.unwatch(*this); }

  /// Runs until the input's end, once all verdicts are there, or a signal. The exit code.
  int run() { return conversation_.run(); }

 private:
  static wl::host_options host_options_of(const settings& chosen) {
    wl::host_options made;
    made.listen.clear();
    made.key_file = chosen.key_file;
    made.relay = chosen.relay;
    return made;
  }
  static wl::network_options network_options_of(const settings& chosen, const topics& found) {
    wl::network_options made;
    made.cluster = chosen.cluster;
    made.shards = found.shards;
    made.peers = chosen.peers;
    return made;
  }

  void start() {
    network_.watch(*this);
    console_.note({{"event", "started"},
                   {"peer", host_.peer()},
                   {"pubsub_topic", topics_.pubsub_topic},
                   {"content_topic", topics_.content_topic}},
                  "publishes to " + topics_.content_topic + " on " + topics_.pubsub_topic);
    narration_.wait_for_peers();
    conversation_.start();
    show_status();
    network_.start();
  }

  // Peers.

  [[nodiscard]] std::string name_of(wr::peer_id peer) const {
    const wl::network_peer* const there = network_.find(peer);
    return there == nullptr ? "somebody" : there->id;
  }

  void appeared(const wl::network_peer& peer) override {
    troubles_.appeared(peer);
    json protocols = json::array();
    std::string served;
    for (const auto protocol :
         {wr::wire::protocol::lightpush, wr::wire::protocol::legacy_lightpush, wr::wire::protocol::filter,
          wr::wire::protocol::store, wr::wire::protocol::legacy_store, wr::wire::protocol::relay}) {
      if (!peer.speaks(protocol)) continue;
      protocols.push_back(wr::wire::id_of(protocol));
      served += (served.empty() ? ": " : ", ") + std::string(wr::wire::id_of(protocol));
    }
    console_.note(
        {{"event", "notice"},
         {"notice", "peer_appeared"},
         {"peer", peer.id},
         {"agent", peer.agent},
         {"protocols", protocols}},
        "peer " + lp::brief(peer.id) + " is there (" + peer.agent + ")" + (narration_.tells() ? served : ""));
  }
  void left(const wl::network_peer& peer) override {
    console_.note({{"event", "notice"}, {"notice", "peer_left"}, {"peer", peer.id}},
                  "peer " + lp::brief(peer.id) + " is gone; it is looked for again");
  }
  void trouble(const wl::peer_notice& notice) override {
    troubles_.tell(notice);
    if (notice.trouble == wl::peer_trouble::bad_address) conversation_.fail({});
  }

  /// How many peers are there for a service.
  [[nodiscard]] std::size_t present(wr::service of) const {
    std::size_t count = 0;
    network_.for_each_present([&](const wl::network_peer& peer) {
      const auto speaks = [&peer](wr::wire::protocol protocol) { return peer.speaks(protocol); };
      switch (of) {
        case wr::service::lightpush:
          count += speaks(wr::wire::protocol::lightpush) || speaks(wr::wire::protocol::legacy_lightpush);
          break;
        case wr::service::filter: count += speaks(wr::wire::protocol::filter); break;
        case wr::service::store:
          count += speaks(wr::wire::protocol::store) || speaks(wr::wire::protocol::legacy_store);
          break;
      }
    });
    return count;
  }

  // The status, when it has changed, at most once a second.

  void show_status() {
    if (network_.tried_all()) narration_.settle([this](wr::service of) { return present(of); });
    std::size_t peers = 0;
    network_.for_each_present([&](const wl::network_peer&) { ++peers; });
    std::uint32_t relay_peers = 0;
    for (const auto& [pubsub_topic, content_topics] : topics_.received)
      relay_peers += libp2p_.relay_peers(pubsub_topic);
    const json object = {{"event", "status"},
                         {"peers", peers},
                         {"relay_peers", relay_peers},
                         {"pending", conversation_.pending()},
                         {"confirmed", conversation_.confirmed()},
                         {"recovered", narration_.recovered()}};
    if (object != status_) {
      std::string line;
      for (const auto& [name, value] : object.items())
        if (name != "event") line += (line.empty() ? "" : " · ") + name + ' ' + value.dump();
      console_.status(object, line);
      status_ = object;
    }
    timer_.expires_after(std::chrono::seconds(1));
    timer_.async_wait([this](std::error_code error) {
      if (!error && !conversation_.ending()) show_status();
    });
  }

  asio::strand<asio::any_io_executor> strand_;
  lp::console console_;
  topics topics_;
  lp::peer_troubles troubles_;
  wl::host host_;
  wl::network network_;
  wl::libp2p_transport<> libp2p_;
  narration narration_;
  conversation<Policies, wl::libp2p_transport<>> conversation_;
  asio::steady_timer timer_;
  json status_;
  lp::counts_signal counts_signal_;
};

}  // namespace live_light_client
