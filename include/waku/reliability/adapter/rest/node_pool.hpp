// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/adapter/rest/dialect.hpp>
#include <waku/reliability/adapter/rest/http_client.hpp>
#include <waku/reliability/adapter/rest/options.hpp>
#include <waku/reliability/adapter/rest/pooled_node.hpp>
#include <waku/reliability/adapter/rest/replies.hpp>
#include <waku/reliability/adapter/rest/requests.hpp>
#include <waku/reliability/adapter/system_clocks.hpp>
#include <waku/reliability/capability/event_sink.hpp>

namespace waku::reliability::rest {

/// What a rest_transport does by itself: it looks whether its nodes are there, and reads what they keep, by one
/// timer. Tells peers, pushes, relay messages and relay peers.
template <dialect Dialect, buildable_message Message>
class node_pool {
 public:
  node_pool(const asio::any_io_executor& strand, const rest_options& numbers)
      : numbers_(numbers), client_(strand, numbers.http), timer_(strand), life_(std::make_shared<char>()) {}

  /// Nothing for a URL that is no node's.
  std::optional<peer_id> add(const rest_node& given) {
    auto address = read_address(given.url);
    if (!address) return std::nullopt;
    pooled_node& node = nodes_.emplace_back();
    node.address = std::move(*address);
    node.store_address = given.store_address;
    for (const auto& [topic, told] : joined_) renew(node.mailboxes[{topic, std::string()}]);
    plan();
    return static_cast<peer_id>(nodes_.size() - 1);
  }
  void attach(event_sink<Message> sink) {
    sink_ = std::move(sink);
    for (std::size_t each = 0; each < nodes_.size(); ++each) {
      if (nodes_[each].here) tell_appeared(each);
    }
  }
  [[nodiscard]] http_client& client() noexcept { return client_; }
  /// By peer_id.
  [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }
  [[nodiscard]] pooled_node& operator[](peer_id peer) {
    assert(static_cast<std::size_t>(peer) < nodes_.size() && "the transport told of no such peer");
    return nodes_[static_cast<std::size_t>(peer)];
  }
  [[nodiscard]] const pooled_node& operator[](peer_id peer) const {
    assert(static_cast<std::size_t>(peer) < nodes_.size() && "there is no such node");
    return nodes_[static_cast<std::size_t>(peer)];
  }
  /// A node to which no connection can be opened is looked at before its time.
  void suspect(pooled_node& node, transport_error error) {
    if (!node.here || error != transport_error::dial_failed) return;
    node.probe_due = now();
    plan();
  }

  /// Reads these content topics at a node from now on. Gives those that were not read before.
  std::vector<mailbox_topics> open_filter(pooled_node& node, std::string_view pubsub_topic,
                                          std::span<const std::string_view> content_topics) {
    std::vector<mailbox_topics> added;
    for (const std::string_view each : content_topics) {
      mailbox_topics topics(pubsub_topic, each);
      const auto [place, is_new] = node.mailboxes.try_emplace(topics);
      place->second.open = true;
      renew(place->second);
      if (is_new) added.push_back(std::move(topics));
    }
    plan();
    return added;
  }
  /// Reads a mailbox no more. True if it was there, and open.
  bool close(pooled_node& node, const mailbox_topics& topics) {
    const auto found = node.mailboxes.find(topics);
    if (found == node.mailboxes.end()) return false;
    if (found->second.exchange != 0) {
      client_.cancel(found->second.exchange);
      --node.reading;
    }
    const bool open = found->second.open;
    node.mailboxes.erase(found);
    plan();
    return open;
  }
  /// Has every node join a pubsub topic, and reads it.
  void join(const std::string& topic) {
    joined_[topic].reset();
    for (pooled_node& each : nodes_) {
      const auto [place, is_new] = each.mailboxes.try_emplace({topic, std::string()});
      if (is_new) renew(place->second);
    }
    tell_relay_peers(topic);
    plan();
  }
  void leave(const std::string& topic) {
    joined_.erase(topic);
    for (pooled_node& each : nodes_) {
      if (!close(each, {topic, std::string()}) || !each.here) continue;
      client_.start(each.address, write_relay_subscription(http_method::remove, topic),
                    [](const http_result&) {});
    }
  }

 private:
  static steady_time now() { return read_clocks().steady; }

  // -- the nodes' health

  void tell_appeared(std::size_t number) const {
    const bool store = !Dialect::needs_store_address || !nodes_[number].store_address.empty();
    sink_.peer_appeared(static_cast<peer_id>(number), {.lightpush = true, .filter = true, .store = store});
  }
  void probe(std::size_t number) {
    pooled_node& node = nodes_[number];
    node.probe = client_.start(node.address, {http_method::get, std::string(Dialect::health_route), {}},
                               [this, number](const http_result& result) {
                                 nodes_[number].trouble = trouble_in(result);
                                 probed(number, !nodes_[number].trouble);
                               });
  }
  static constexpr std::uint32_t unknown_method = 501;  // as programs answer that are something else
  static std::optional<node_trouble> trouble_in(const http_result& result) {
    if (const auto* failure = std::get_if<http_failure>(&result)) {
      return node_trouble{
          failure->unverified ? node_trouble_kind::unverified : node_trouble_kind::unreachable, failure->why};
    }
    const auto status = std::get<http_answer>(result).status;
    if (is_success(status)) return std::nullopt;
    std::string why =
        "it answers " + std::to_string(status) + " to GET " + std::string(Dialect::health_route);
    why += status >= 500 && status != unknown_method
               ? ", so it does not serve at present"
               : ": is it a node of this dialect, and its REST interface?";
    return node_trouble{node_trouble_kind::unwell, std::move(why)};
  }
  void probed(std::size_t number, bool serves) {
    pooled_node& node = nodes_[number];
    node.probe = 0;
    if (serves) {
      node.return_wait = {};
      node.probe_due = now() + numbers_.health_interval;
    } else {
      node.return_wait =
          std::clamp<duration>(2 * node.return_wait, numbers_.return_wait_first, numbers_.return_wait_max);
      node.probe_due = now() + node.return_wait;
    }
    if (serves != node.here) {
      node.here = serves;
      node.legacy = false;
      for (auto& [topics, box] : node.mailboxes) {
        if (topics.second.empty()) box.open = box.asked = false;
        renew(box);
      }
      if (serves) {
        tell_appeared(number);
      } else {
        sink_.peer_left(static_cast<peer_id>(number));
      }
      for (const auto& [topic, told] : joined_) tell_relay_peers(topic);
    }
    plan();
  }
  // -- the mailboxes

  [[nodiscard]] std::size_t reads_max() const { return std::min(numbers_.reads_max, Dialect::reads_at_once); }
  void renew(mailbox& box) {
    box.interval = numbers_.read_interval_min;
    box.due = now();
  }
  void attend(std::size_t number, pooled_node::mailbox_place place) {
    pooled_node& node = nodes_[number];
    const auto& [topics, box] = *place;
    ++node.reading;
    // What a node gives out it forgets, so it counts also where the node is thought to be gone meanwhile.
    const bool reads = box.open;
    auto request = reads ? write_read<Dialect>(topics.first, topics.second)
                         : write_relay_subscription(http_method::post, topics.first);
    // Who closes the mailbox cancels the exchange, so the place is good for as long.
    place->second.exchange = client_.start(
        node.address, std::move(request),
        [this, number, place, reads](const http_result& result) { attended(number, *place, reads, result); });
  }
  void attended(std::size_t number, pooled_node::mailbox_entry& entry, bool read, const http_result& result) {
    auto& [topics, box] = entry;
    const bool relay = topics.second.empty();
    const auto* answer = std::get_if<http_answer>(&result);
    box.exchange = 0;
    --nodes_[number].reading;
    bool found_something = false;
    if (!read) {
      found_something = box.open = answer != nullptr && is_success(answer->status);
      box.asked = true;
    } else if (auto messages = answer == nullptr ? std::nullopt : read_messages<Message>(*answer)) {
      found_something = !messages->empty();
      for (Message& each : *messages) {
        if (relay) sink_.relay_message(topics.first, std::move(each));
        if (!relay) sink_.filter_push(static_cast<peer_id>(number), topics.first, std::move(each));
      }
    } else if (relay && answer != nullptr) {
      box.open = false;  // the node has forgotten that it was joined
    }
    box.next(now(), found_something, numbers_.read_interval_min, numbers_.read_interval_max);
    if (answer == nullptr) suspect(nodes_[number], std::get<http_failure>(result).error);
    if (relay) tell_relay_peers(topics.first);
    plan();
  }
  // Told once every node that is there has answered whether it joined.
  void tell_relay_peers(const std::string& topic) {
    const auto told = joined_.find(topic);
    if (told == joined_.end()) return;
    std::uint32_t peers = 0;
    for (const pooled_node& each : nodes_) {
      const auto box = each.mailboxes.find({topic, std::string()});
      if (!each.here || box == each.mailboxes.end()) continue;
      if (!box->second.asked) return;
      if (box->second.open) ++peers;
    }
    if (told->second == peers) return;
    told->second = peers;
    sink_.relay_peers(topic, peers);
  }

  // -- time

  // Waits for the earliest of what is due, and does it then, never inside the caller.
  void plan() {
    std::optional<steady_time> earliest;
    const auto consider = [&earliest](steady_time at) {
      if (!earliest || at < *earliest) earliest = at;
    };
    for (pooled_node& each : nodes_) {
      if (each.probe == 0) consider(each.probe_due);
      if (!each.here || each.reading >= reads_max()) continue;
      const auto box = each.longest_due();
      if (box != each.mailboxes.end()) consider(box->second.due);
    }
    if (!earliest || (planned_ && *planned_ <= *earliest)) return;
    planned_ = earliest;
    timer_.expires_at(std::chrono::steady_clock::time_point(
        std::chrono::ceil<std::chrono::steady_clock::duration>(earliest->time_since_epoch())));
    timer_.async_wait([this, life = std::weak_ptr<char>(life_)](std::error_code error) {
      if (!error && !life.expired()) look();
    });
  }
  void look() {
    planned_.reset();
    const steady_time at = now();
    for (std::size_t number = 0; number < nodes_.size(); ++number) {
      pooled_node& node = nodes_[number];
      if (node.probe == 0 && node.probe_due <= at) probe(number);
      while (node.here && node.reading < reads_max()) {
        const auto box = node.longest_due();
        if (box == node.mailboxes.end() || box->second.due > at) break;
        attend(number, box);
      }
    }
    plan();
  }

  rest_options numbers_;
  event_sink<Message> sink_;
  std::deque<pooled_node> nodes_;                               // by peer_id
  std::map<std::string, std::optional<std::uint32_t>> joined_;  // pubsub topics, with the count that was told
  std::optional<steady_time> planned_;                          // the timer's time, when it waits
  http_client client_;
  asio::steady_timer timer_;
  std::shared_ptr<char> life_;  // of what waits for the timer
};

}  // namespace waku::reliability::rest
