// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <host.hpp>
#include <network.hpp>
#include <transport.hpp>
#include <waku/reliability.hpp>
#include <waku/reliability/adapter/asio.hpp>
#include <waku/reliability/adapter/openssl.hpp>
#include <waku/reliability/wire/codecs.hpp>

#include "../program/console.hpp"
#include "../program/end_signals.hpp"
#include "../program/naming.hpp"
#include "../program/peer_troubles.hpp"
#include "counts.hpp"
#include "line_input.hpp"
#include "narration.hpp"
#include "settings.hpp"
#include "told_transport.hpp"
#include "topics.hpp"

namespace live_light_client {

/// Every strategy; but each message is asked for by itself, so that a person has the verdict in seconds.
struct light_policies : wr::changed<wr::light_client, wr::store_presence, narrated> {};
/// The same for a client that takes part in the relay.
struct relay_policies : wr::changed<wr::relay_with_store, wr::store_presence, narrated> {};

/// A node between the standard input and a console. Throws std::invalid_argument and std::runtime_error with sentences.
template <class Policies>
class chat : private wl::peer_watcher {
 public:
  chat(asio::io_context& context, const settings& chosen)
      : context_(&context),
        strand_(context.get_executor()),
        console_(chosen.json),
        troubles_(console_, chosen.cluster),
        topics_(topics_of(chosen)),
        host_(strand_, host_options_of(chosen)),
        network_(host_, network_options_of(chosen, topics_)),
        libp2p_(network_),
        narration_(console_, network_, chosen.verbose),
        transport_(libp2p_, narration_),
        node_(strand_, transport_, {}, {}, narrated{&narration_}),
        timer_(strand_),
        guard_(strand_),
        input_(strand_, [this](std::vector<std::string> lines, bool over) { take(std::move(lines), over); }),
        signals_(strand_, [this] { end(); }) {
    asio::post(strand_, [this] { start(); });
  }
  chat(const chat&) = delete;
  chat& operator=(const chat&) = delete;
  ~chat() { network_.unwatch(*this); }

  /// Runs until the input's end, once all verdicts are there, or a signal. The exit code.
  int run() {
    context_->run();
    return code_;
  }

 private:
  using node_type = wr::asio_node<Policies, told_transport, wr::message, wr::openssl_hasher>;

  /// So many lines may be without a verdict; the rest of the input waits.
  static constexpr std::size_t pending_max = 256;

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
    node_.listen({.on_finished = [this](const wr::finished& finished) { tell_verdict(finished); }});
    for (const auto& [pubsub_topic, content_topics] : topics_.received) {
      if (const auto refused = node_.subscribe(pubsub_topic, std::span<const std::string>(content_topics));
          !refused)
        return fail(make_error_code(refused.error()).message());
    }
    receive();
    show_status();
    network_.start();
  }

  // Lines.

  void take(std::vector<std::string> lines, bool over) {
    std::move(lines.begin(), lines.end(), std::back_inserter(lines_));
    over_ = over;
    held_back_ = true;
    publish();
  }
  void publish() {
    if (ending_) return;
    while (!lines_.empty() && node_.pending() < pending_max) {
      publish(lines_.front());
      lines_.pop_front();
    }
    if (!lines_.empty()) return;
    if (!over_) {
      if (std::exchange(held_back_, false)) input_.more();
    } else if (node_.pending() == 0) {
      end();
    } else {
      limit_wait();
    }
  }
  void publish(const std::string& line) {
    wr::message m;
    const auto bytes = wr::wire::bytes_of(line);
    m.payload.assign(bytes.begin(), bytes.end());
    m.content_topic = topics_.content_topic;
    const auto request = node_.publish(topics_.pubsub_topic, std::move(m));
    if (!request) {
      ++counts_.refused;
      const std::string why = make_error_code(request.error()).message();
      return console_.tell(
          {{"event", "notice"}, {"notice", "refused"}, {"text", shown(line)}, {"sentence", why}},
          "not sent: " + why + ": " + shown(line));
    }
    ++counts_.published;
    const std::uint64_t id = narration_.name(*request);
    if (!console_.for_machines()) return;
    console_.tell({{"event", "published"}, {"id", id}, {"text", line}}, {});
  }
  static std::string shown(const std::string& line) {
    return line.size() <= 60 ? line : line.substr(0, 57) + "...";
  }

  void tell_verdict(const wr::finished& finished) {
    counts_.add(finished.outcome);
    const std::uint64_t id = narration_.end(finished.request);
    json object = {{"event", "verdict"}, {"id", id}, {"verdict", name_of(finished.outcome)}};
    std::string sentence = "line " + std::to_string(id) + ": " + std::string(name_of(finished.outcome));
    if (finished.hash) object["hash"] = lp::hex(*finished.hash);
    if (const auto* confirmed = std::get_if<wr::confirmed>(&finished.outcome)) {
      object["by"] = name_of(confirmed->by);
      object["transmissions"] = confirmed->transmissions;
      object["seconds"] = std::chrono::duration<double>(confirmed->latency).count();
      sentence += " by a store after " + seconds(confirmed->latency);
      if (confirmed->transmissions > 1)
        sentence += ", sent " + std::to_string(confirmed->transmissions) + " times";
    } else if (const std::string_view why = reason_of(finished.outcome); !why.empty()) {
      object["why"] = why;
      sentence += " (" + std::string(why) + ")";
    }
    console_.tell(object, sentence);
    publish();
  }

  // What others say.

  void receive() {
    node_.async_receive([this](std::error_code error, const typename node_type::received_type& received) {
      if (error) return;
      ++counts_.received;
      const std::string_view text = wr::wire::text_of(received.message.payload);
      console_.tell({{"event", "received"},
                     {"hash", lp::hex(received.hash)},
                     {"pubsub_topic", received.pubsub_topic},
                     {"content_topic", received.message.content_topic},
                     {"timestamp", std::to_string(received.message.timestamp)},
                     {"by", name_of(received.by)},
                     {"text", text}},
                    "> " + std::string(text));
      receive();
    });
  }
  static std::string_view name_of(wr::delivered_by by) noexcept {
    switch (by) {
      case wr::delivered_by::filter: return "filter";
      case wr::delivered_by::relay: return "relay";
      case wr::delivered_by::store: return "store";
      case wr::delivered_by::own: return "own";
    }
    return "unknown";
  }
  static std::string_view name_of(const wr::outcome& end) noexcept { return wr::name_of(end); }
  static std::string_view name_of(wr::confirmed_by by) noexcept { return wr::name_of(by); }

  // Peers.

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
    if (notice.trouble == wl::peer_trouble::bad_address) fail({});
  }

  // The status, when it has changed, at most once a second.

  void show_status() {
    std::size_t peers = 0;
    network_.for_each_present([&](const wl::network_peer&) { ++peers; });
    std::uint32_t mesh = 0;
    for (const auto& [pubsub_topic, content_topics] : topics_.received)
      mesh += libp2p_.relay_peers(pubsub_topic);
    const json object = {{"event", "status"},
                         {"peers", peers},
                         {"mesh", mesh},
                         {"pending", node_.pending() + lines_.size()},
                         {"confirmed", counts_.confirmed},
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
      if (!error && !ending_) show_status();
    });
  }

  // The end.

  // Every message has its verdict by its deadline; this is for a clock that is not what it was.
  void limit_wait() {
    if (std::exchange(waiting_, true)) return;
    guard_.expires_after(std::chrono::duration_cast<asio::steady_timer::duration>(
        node_.numbers().confirmation.deadline + std::chrono::seconds(30)));
    guard_.async_wait([this](std::error_code error) {
      if (!error) end();
    });
  }
  void fail(std::string_view sentence) {
    if (!sentence.empty())
      console_.note({{"event", "notice"}, {"notice", "failed"}, {"sentence", sentence}}, sentence);
    code_ = 2;
    end();
  }
  void end() {
    if (std::exchange(ending_, true)) return;
    narration_.stop_telling();
    node_.async_stop([this](std::error_code) { asio::post(strand_, [this] { tell_summary(); }); });
  }
  void tell_summary() {
    if (code_ == EXIT_SUCCESS) {
      const auto count = [](std::uint64_t number, std::string_view what) {
        return std::to_string(number) + ' ' + std::string(what);
      };
      std::string sentence = count(counts_.published, "sent") + ": " + count(counts_.confirmed, "confirmed");
      if (counts_.unconfirmed != 0) sentence += ", " + count(counts_.unconfirmed, "unconfirmed");
      if (counts_.failed != 0) sentence += ", " + count(counts_.failed, "failed");
      if (counts_.cancelled != 0) sentence += ", " + count(counts_.cancelled, "without a verdict");
      if (counts_.refused != 0) sentence += "; " + count(counts_.refused, "not sent");
      sentence += "; " + count(counts_.received, "received");
      if (narration_.recovered() != 0)
        sentence += ", of which " + count(narration_.recovered(), "from stores");
      console_.tell({{"event", "summary"},
                     {"published", counts_.published},
                     {"refused", counts_.refused},
                     {"confirmed", counts_.confirmed},
                     {"unconfirmed", counts_.unconfirmed},
                     {"failed", counts_.failed},
                     {"cancelled", counts_.cancelled},
                     {"received", counts_.received},
                     {"recovered", narration_.recovered()}},
                    sentence);
    }
    context_->stop();
  }

  asio::io_context* context_;
  asio::strand<asio::any_io_executor> strand_;
  lp::console console_;
  lp::peer_troubles troubles_;
  topics topics_;
  counts counts_;
  wl::host host_;
  wl::network network_;
  wl::libp2p_transport<> libp2p_;
  narration narration_;
  told_transport transport_;
  node_type node_;
  asio::steady_timer timer_;
  asio::steady_timer guard_;
  std::deque<std::string> lines_;  // that are not published yet
  json status_;
  bool held_back_ = false;  // the input waits
  bool over_ = false;       // the input is
  bool waiting_ = false;    // for the last verdicts
  bool ending_ = false;
  int code_ = EXIT_SUCCESS;
  line_input input_;
  lp::end_signals signals_;
};

}  // namespace live_light_client
