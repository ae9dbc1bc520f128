// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/testing/conformance.hpp>

/// A transport by letters over an in-process post office, complete and right, into which one defect at a time
/// can be put; and its fixture for the conformance kit. The letters are the kit's own records, so there is
/// no encoding.
namespace letters {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using wr::message;
using letter = wt::peer_request<message>;
using answer = wt::peer_answer<message>;
using handle = wt::any_reply_handle<message>;
using wr::transport_error;
using namespace std::chrono_literals;

/// What can be wrong with a transport.
enum class defect {
  none,
  // Requests of every kind.
  wrong_peer,
  sends_twice,
  blocks_until_the_reply,
  throws_for_unreachable_peers,
  reads_views_late,
  replies_twice,
  loses_replies,
  replies_in_order_of_requests,
  rounds_status_codes,
  says_yes_at_once,
  calls_silence_a_lost_connection,
  cancel_of_ended_fails_it_again,
  cancel_fails_all_of_the_peer,
  leaks_streams_of_cancelled,
  leaks_streams_of_replies,
  reads_cancelled_message,
  replies_on_a_thread,
  // Peers.
  tells_no_peers,
  tells_no_protocols,
  tells_wrong_shards,
  does_not_notice_leaving,
  numbers_anew,
  tells_no_connectivity,
  keeps_first_sink,
  new_sink_hears_no_peers,
  knows_one_node_only,
  goes_on_after_its_end,
  // Errors.
  calls_a_closed_stream_garbage,
  hangs_on_reset,
  makes_a_reply_of_garbage,
  throws_on_garbage,
  calls_dial_failures_lost_connections,
  hangs_on_unsupported_protocol,
  leaves_operations_of_left_peers_open,
  // Lightpush.
  drops_meta,
  drops_ephemeral,
  keeps_milliseconds,
  cuts_payloads,
  pushes_on_the_default_topic,
  absent_count_is_zero,
  drops_descriptions,
  hides_legacy_push,
  // Filter.
  sends_ninety_topics,
  splits_criteria,
  reads_one_frame_of_a_stream,
  turns_pushes_around,
  changes_pushed_messages,
  guesses_topics_of_pushes,
  mixes_up_pushing_peers,
  drops_pushes_before_the_reply,
  // Store.
  leaves_the_page_limit_out,
  asks_newest_first,
  rounds_query_times,
  sends_topic_with_hashes,
  asks_twenty_hashes,
  changes_bodies,
  makes_empty_bodies,
  reads_cursors_as_text,
  invents_cursors,
  asks_legacy_stores_by_v3,
  // Relay.
  tells_no_relay_peers,
  publishes_on_another_topic,
  counts_no_peers,
  tells_relay_messages_as_pushes,
  changes_relay_messages,
  never_leaves,
};

/// What lies between a transport and its peers. A letter takes a millisecond.
struct post_office {
  wt::virtual_clock clock;
  wt::peer_desk<message> desk;
  std::array<wt::peer_state, wt::conformance_peers> states{};
  std::array<std::uint32_t, wt::conformance_peers> numbers{1, 2, 3};
  bool online = true;
};

/// The transport's works. Letters under way hold on to it, since they may arrive when the transport is gone.
class mail_room : public std::enable_shared_from_this<mail_room> {
 public:
  mail_room(post_office& office, defect wrong, wr::capability_set serves)
      : office_(&office), wrong_(wrong), serves_(serves) {}

  void close() { closed_ = !has(defect::goes_on_after_its_end); }
  void attach(wr::event_sink<message> sink) {
    if (has(defect::keeps_first_sink) && attached_) return;
    const bool first = !std::exchange(attached_, true);
    if (has(defect::knows_one_node_only) && !first) throw std::logic_error("a node is attached already");
    sink_ = std::move(sink);
    if (has(defect::new_sink_hears_no_peers) && !first) return;
    for (std::size_t peer = 0; peer < wt::conformance_peers; ++peer) {
      if (office_->states[peer] != wt::peer_state::gone) tell_peer(peer);
    }
  }
  void cancel(wr::operation_id operation) {
    if (has(defect::cancel_of_ended_fails_it_again)) {
      const auto former = ended_.find(operation.value());
      if (former != ended_.end()) fail_by(former->second, transport_error::connection_lost);
    }
    const auto found = pending_.find(operation.value());
    if (found == pending_.end()) return;
    const std::size_t peer = found->second.peer;
    if (!has(defect::leaks_streams_of_cancelled)) --streams_[peer];
    pending_.erase(found);
    if (has(defect::cancel_fails_all_of_the_peer)) fail_all(peer, transport_error::connection_lost);
  }

  // Requests.

  void lightpush(const wr::lightpush_request<message>& made, handle reply) {
    if (!has(defect::reads_cancelled_message))
      return send(push_letter(made), made.operation, std::move(reply));
    later([own = shared_from_this(), made, reply] {
      own->send(own->push_letter(made), made.operation, reply);
    });
  }
  template <class Request>
  void change_criteria(wr::operation_kind kind, const Request& made, handle reply) {
    guessed_topic_ = "/waku/2/rs/1/0";
    if (!has(defect::reads_views_late)) {
      return send(criteria_letter(kind, made), made.operation, std::move(reply));
    }
    later([own = shared_from_this(), kind, made, reply] {
      own->send(own->criteria_letter(kind, made), made.operation, reply);
    });
  }
  void ping(const wr::filter_ping_request& made, handle reply) {
    send(addressed(wr::operation_kind::filter_ping, made.peer), made.operation, std::move(reply));
  }
  void store_query(const wr::store_request& made, handle reply) {
    if (!has(defect::reads_views_late)) return send(query_letter(made), made.operation, std::move(reply));
    later([own = shared_from_this(), made, reply] {
      own->send(own->query_letter(made), made.operation, reply);
    });
  }
  void relay_publish(const wr::relay_request<message>& made,
                     const wr::reply_handle<message, wr::relay_reply>& reply) {
    letter written{.kind = wr::operation_kind::relay_publish};
    written.pubsub_topic = has(defect::publishes_on_another_topic) ? "/waku/2/rs/0/0" : made.pubsub_topic;
    written.message = made.message;
    for (int neighbour = 0; neighbour < 2; ++neighbour) {
      later([office = office_, written] { office->desk.arrived(written); });
    }
    reply(wr::relay_reply{has(defect::counts_no_peers) ? 0U : 2U});
  }
  void relay_join(std::string_view pubsub_topic) {
    joined_[std::string(pubsub_topic)] = true;
    if (!has(defect::tells_no_relay_peers)) sink_.relay_peers(pubsub_topic, 2);
  }
  void relay_leave(std::string_view pubsub_topic) {
    if (!has(defect::never_leaves)) joined_[std::string(pubsub_topic)] = false;
  }

  // What the post office has for the transport.

  void tell_peer(std::size_t peer) {
    if (closed_ || has(defect::tells_no_peers)) return;
    const wt::peer_state now = office_->states[peer];
    if (now == wt::peer_state::gone) {
      if (!has(defect::leaves_operations_of_left_peers_open))
        fail_all(peer, transport_error::connection_lost);
      if (!has(defect::does_not_notice_leaving)) sink_.peer_left(number_of(peer));
      if (has(defect::numbers_anew)) office_->numbers[peer] += 10;
      return;
    }
    const bool legacy = now == wt::peer_state::legacy;
    const wr::peer_protocols protocols{serves_.lightpush, serves_.filter, serves_.store && !legacy,
                                       serves_.store && legacy};
    const std::vector<std::string_view> shards{"/waku/2/rs/1/0",
                                               has(defect::tells_wrong_shards) ? "/rs/7" : "/waku/2/rs/1/1"};
    sink_.peer_appeared(number_of(peer), has(defect::tells_no_protocols) ? wr::peer_protocols{} : protocols,
                        shards);
  }
  void tell_connectivity() {
    if (!closed_ && !has(defect::tells_no_connectivity)) sink_.connectivity(office_->online);
  }
  void frames(std::size_t peer, std::string_view pubsub_topic, std::vector<message> pushed) {
    if (closed_ || (has(defect::drops_pushes_before_the_reply) && !subscribed_)) return;
    if (has(defect::reads_one_frame_of_a_stream)) pushed.resize(1);
    if (has(defect::turns_pushes_around)) std::swap(pushed.front(), pushed.back());
    if (has(defect::guesses_topics_of_pushes)) pubsub_topic = guessed_topic_;
    if (has(defect::mixes_up_pushing_peers)) peer = 0;
    for (message& each : pushed) {
      if (has(defect::changes_pushed_messages)) each.meta.clear();
      sink_.filter_push(number_of(peer), pubsub_topic, std::move(each));
    }
  }
  void relayed(const std::string& pubsub_topic, message arrived) {
    if (closed_ || !joined_[pubsub_topic]) return;
    if (has(defect::changes_relay_messages)) ++arrived.timestamp;
    if (has(defect::tells_relay_messages_as_pushes)) {
      return sink_.filter_push(number_of(0), pubsub_topic, std::move(arrived));
    }
    sink_.relay_message(pubsub_topic, std::move(arrived));
  }
  void later(std::function<void()> work, wr::duration delay = 1ms) {
    office_->clock.schedule_after(delay, std::move(work));
  }

 private:
  struct open_operation {
    handle reply;
    std::size_t peer = 0;
    bool subscribes = false;
  };

  static constexpr int streams_a_peer = 100;

  [[nodiscard]] bool has(defect which) const { return wrong_ == which; }
  [[nodiscard]] wr::peer_id number_of(std::size_t peer) const {
    return static_cast<wr::peer_id>(office_->numbers[peer]);
  }

  // Writing letters.

  [[nodiscard]] letter addressed(wr::operation_kind kind, wr::peer_id to) const {
    letter written{.kind = kind};
    for (std::size_t peer = 0; peer < wt::conformance_peers; ++peer) {
      if (number_of(peer) == to) written.peer = peer;
    }
    if (has(defect::wrong_peer)) written.peer = 0;
    return written;
  }
  [[nodiscard]] letter push_letter(const wr::lightpush_request<message>& made) const {
    letter written = addressed(wr::operation_kind::lightpush, made.peer);
    written.legacy = office_->states[written.peer] == wt::peer_state::legacy;
    written.pubsub_topic = has(defect::pushes_on_the_default_topic) ? "/waku/2/rs/1/0" : made.pubsub_topic;
    written.message = made.message;
    message& pushed = *written.message;
    if (has(defect::drops_meta)) pushed.meta.clear();
    if (has(defect::drops_ephemeral)) pushed.ephemeral = false;
    if (has(defect::keeps_milliseconds)) pushed.timestamp -= pushed.timestamp % 1'000'000;
    if (has(defect::cuts_payloads) && pushed.payload.size() > 65'535) pushed.payload.resize(65'535);
    return written;
  }
  template <class Request>
  [[nodiscard]] letter criteria_letter(wr::operation_kind kind, const Request& made) const {
    letter written = addressed(kind, made.peer);
    written.pubsub_topic = made.pubsub_topic;
    written.content_topics.assign(made.content_topics.begin(), made.content_topics.end());
    if (has(defect::sends_ninety_topics) && written.content_topics.size() > 90)
      written.content_topics.resize(90);
    return written;
  }
  [[nodiscard]] letter query_letter(const wr::store_request& made) const {
    letter written = addressed(wr::operation_kind::store_query, made.peer);
    if (made.hashes.empty() || has(defect::sends_topic_with_hashes)) written.pubsub_topic = made.pubsub_topic;
    written.content_topics.assign(made.content_topics.begin(), made.content_topics.end());
    written.time_start = made.time_start;
    written.time_end = made.time_end;
    if (has(defect::rounds_query_times) && made.time_end) {
      written.time_end = std::chrono::floor<std::chrono::microseconds>(*made.time_end);
    }
    written.hashes.assign(made.hashes.begin(), made.hashes.end());
    if (has(defect::asks_twenty_hashes) && written.hashes.size() > 20) written.hashes.resize(20);
    written.include_data = made.include_data;
    written.cursor.assign(made.cursor.begin(), made.cursor.end());
    if (!has(defect::leaves_the_page_limit_out)) written.limit = made.limit;
    written.forward = !has(defect::asks_newest_first);
    written.legacy = made.legacy && !has(defect::asks_legacy_stores_by_v3);
    return written;
  }

  // Sending them.

  void send(letter written, wr::operation_id operation, handle reply) {
    if (closed_) return;
    const std::size_t peer = written.peer;
    const wt::peer_state state = office_->states[peer];
    const bool unreachable = state == wt::peer_state::unreachable || state == wt::peer_state::gone;
    if (unreachable && has(defect::throws_for_unreachable_peers))
      throw std::runtime_error("no route to the peer");
    if (has(defect::says_yes_at_once)) answer_by(reply, good_answer(operation.kind(), 200), false);
    if (has(defect::replies_on_a_thread)) {
      std::thread([&reply] { fail_by(reply, transport_error::timeout); }).join();
    }
    pending_[operation.value()] = {std::move(reply), peer,
                                   written.kind == wr::operation_kind::filter_subscribe};
    ++streams_[peer];
    if (unreachable) {
      return fail_later(operation, has(defect::calls_dial_failures_lost_connections)
                                       ? transport_error::connection_lost
                                       : transport_error::dial_failed);
    }
    if (state == wt::peer_state::speechless) {
      if (!has(defect::hangs_on_unsupported_protocol))
        fail_later(operation, transport_error::unsupported_protocol);
      return;
    }
    if (streams_[peer] > streams_a_peer) return;
    if (has(defect::splits_criteria) && written.content_topics.size() > 50) {
      letter rest = written;
      rest.content_topics.erase(rest.content_topics.begin(), rest.content_topics.begin() + 50);
      written.content_topics.resize(50);
      post(std::move(rest), operation);
    }
    if (has(defect::sends_twice)) post(written, operation);
    post(std::move(written), operation);
    if (has(defect::calls_silence_a_lost_connection))
      fail_later(operation, transport_error::connection_lost, 10s);
    if (has(defect::blocks_until_the_reply)) {
      const auto ended = [this, operation] { return pending_.count(operation.value()) == 0; };
      static_cast<void>(wt::run_until(office_->clock, ended, 10s));
    }
  }
  void post(letter written, wr::operation_id operation) {
    later([own = shared_from_this(), written = std::move(written), operation] {
      own->office_->desk.arrived(written, [own, operation](const answer& with) {
        own->later([own, operation, with] { own->take(operation, with); });
        return true;
      });
    });
  }

  // Ending operations.

  static void fail_by(const handle& reply, transport_error error) {
    std::visit([error](const auto& each) { each.fail(error); }, reply);
  }
  void fail_all(std::size_t peer, transport_error error) {
    std::vector<wr::operation_id> operations;
    for (const auto& [operation, open] : pending_) {
      if (open.peer == peer) operations.push_back(wr::operation_id::from_value(operation));
    }
    for (const wr::operation_id each : operations) fail(each, error);
  }
  void fail_later(wr::operation_id operation, transport_error error, wr::duration delay = 1ms) {
    later([own = shared_from_this(), operation, error] { own->fail(operation, error); }, delay);
  }
  void fail(wr::operation_id operation, transport_error error) {
    if (const auto open = close_operation(operation)) fail_by(open->reply, error);
  }
  std::optional<open_operation> close_operation(wr::operation_id operation) {
    const auto found = pending_.find(operation.value());
    if (closed_ || found == pending_.end()) return std::nullopt;
    const open_operation open = found->second;
    ended_[operation.value()] = open.reply;
    if (!has(defect::replies_twice)) pending_.erase(found);
    if (!has(defect::leaks_streams_of_replies)) --streams_[open.peer];
    return open;
  }

  // Reading answers.

  void take(wr::operation_id operation, const answer& with) {
    if (has(defect::replies_in_order_of_requests)) {
      for (const auto& [oldest, open] : pending_) {
        if (wr::operation_id::from_value(oldest).kind() != operation.kind()) continue;
        operation = wr::operation_id::from_value(oldest);
        break;
      }
    }
    if (const auto* trouble = std::get_if<wt::peer_trouble>(&with)) return take_trouble(operation, *trouble);
    if (has(defect::loses_replies)) return;
    const auto open = close_operation(operation);
    if (!open) return;
    if (open->subscribes) subscribed_ = true;
    answer_by(open->reply, with, office_->states[open->peer] == wt::peer_state::legacy);
  }
  void take_trouble(wr::operation_id operation, wt::peer_trouble trouble) {
    switch (trouble) {
      case wt::peer_trouble::close:
        return fail(operation, has(defect::calls_a_closed_stream_garbage) ? transport_error::undecodable_reply
                                                                          : transport_error::empty_reply);
      case wt::peer_trouble::reset:
        if (!has(defect::hangs_on_reset)) fail(operation, transport_error::connection_lost);
        return;
      case wt::peer_trouble::garbage:
        if (has(defect::throws_on_garbage)) throw std::runtime_error("these bytes are no reply");
        if (has(defect::makes_a_reply_of_garbage)) return take(operation, good_answer(operation.kind(), 500));
        return fail(operation, transport_error::undecodable_reply);
    }
  }
  static answer good_answer(wr::operation_kind kind, std::uint32_t status) {
    if (kind == wr::operation_kind::lightpush) return wt::push_refused(status);
    if (kind == wr::operation_kind::store_query) return wt::store_answer<message>(status);
    return wt::filter_answer(status);
  }
  void answer_by(const handle& reply, const answer& with, bool legacy) const {
    std::visit(
        [&]<class Reply>(const wr::reply_handle<message, Reply>& each) {
          if constexpr (!std::is_same_v<Reply, wr::relay_reply>) {
            Reply read = std::get<Reply>(with);
            if (has(defect::rounds_status_codes)) read.status -= read.status % 100;
            spoil(read, legacy);
            each(std::move(read));
          }
        },
        reply);
  }
  void spoil(wr::lightpush_reply& read, bool legacy) const {
    if (has(defect::drops_descriptions)) read.description.clear();
    if (has(defect::absent_count_is_zero) && !legacy)
      read.relay_peer_count = read.relay_peer_count.value_or(0);
    if (has(defect::hides_legacy_push)) read.legacy = false;
  }
  void spoil(wr::filter_reply& /*read*/, bool /*legacy*/) const {}
  void spoil(wr::store_reply<message>& read, bool legacy) const {
    for (auto& entry : read.entries) {
      if (legacy) entry.hash = {};
      if (has(defect::changes_bodies) && entry.body) entry.body->meta.push_back(std::byte{1});
      if (has(defect::makes_empty_bodies) && !entry.body) entry.body.emplace();
    }
    if (has(defect::reads_cursors_as_text)) {
      read.cursor.erase(std::find(read.cursor.begin(), read.cursor.end(), std::byte{0}), read.cursor.end());
    }
    if (has(defect::invents_cursors) && read.cursor.empty()) read.cursor.assign(32, std::byte{0});
  }

  post_office* office_;
  defect wrong_;
  wr::capability_set serves_;
  bool closed_ = false;
  bool attached_ = false;
  bool subscribed_ = false;
  std::string guessed_topic_;
  wr::event_sink<message> sink_;
  std::map<std::uint64_t, open_operation> pending_;
  std::map<std::uint64_t, handle> ended_;
  std::map<std::string, bool> joined_;
  std::array<int, wt::conformance_peers> streams_{};
};

/// The transport, with the protocols of `Capabilities`.
template <wr::capability_set Capabilities = wr::all_capabilities>
class transport {
 public:
  transport(post_office& office, defect wrong)
      : works_(std::make_shared<mail_room>(office, wrong, Capabilities)) {}
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;
  ~transport() { works_->close(); }

  [[nodiscard]] std::shared_ptr<mail_room> works() const { return works_; }

  void attach(wr::event_sink<message> sink) { works_->attach(std::move(sink)); }
  void cancel(wr::operation_id operation) { works_->cancel(operation); }
  void lightpush(const wr::lightpush_request<message>& made,
                 wr::reply_handle<message, wr::lightpush_reply> reply) requires(Capabilities.lightpush) {
    works_->lightpush(made, std::move(reply));
  }
  void filter_subscribe(const wr::filter_subscribe_request& made,
                        wr::reply_handle<message, wr::filter_reply> reply) requires(Capabilities.filter) {
    works_->change_criteria(wr::operation_kind::filter_subscribe, made, std::move(reply));
  }
  void filter_unsubscribe(const wr::filter_unsubscribe_request& made,
                          wr::reply_handle<message, wr::filter_reply> reply) requires(Capabilities.filter) {
    works_->change_criteria(wr::operation_kind::filter_unsubscribe, made, std::move(reply));
  }
  void filter_ping(const wr::filter_ping_request& made,
                   wr::reply_handle<message, wr::filter_reply> reply) requires(Capabilities.filter) {
    works_->ping(made, std::move(reply));
  }
  void store_query(const wr::store_request& made,
                   wr::reply_handle<message, wr::store_reply<message>> reply) requires(Capabilities.store) {
    works_->store_query(made, std::move(reply));
  }
  void relay_publish(const wr::relay_request<message>& made,
                     wr::reply_handle<message, wr::relay_reply> reply) requires(Capabilities.relay) {
    works_->relay_publish(made, reply);
  }
  void relay_join(std::string_view pubsub_topic) requires(Capabilities.relay) {
    works_->relay_join(pubsub_topic);
  }
  void relay_leave(std::string_view pubsub_topic) requires(Capabilities.relay) {
    works_->relay_leave(pubsub_topic);
  }

 private:
  std::shared_ptr<mail_room> works_;
};

/// The fixture of that transport.
template <wr::capability_set Capabilities = wr::all_capabilities>
class fixture {
 public:
  using message_type = message;
  using transport_type = letters::transport<Capabilities>;

  explicit fixture(defect wrong = defect::none)
      : transport_(std::make_unique<transport_type>(office_, wrong)), works_(transport_->works()) {}

  transport_type& transport() { return *transport_; }
  void destroy_transport() { transport_.reset(); }
  wr::steady_time now() const { return office_.clock.steady(); }
  bool run_until(const std::function<bool()>& condition, wr::duration limit) {
    return wt::run_until(office_.clock, condition, limit);
  }
  wr::peer_id peer(std::size_t index) const { return static_cast<wr::peer_id>(office_.numbers[index]); }
  wt::peer_desk<message>& desk() { return office_.desk; }
  void push(std::size_t peer, std::string_view pubsub_topic, std::span<const message> messages) {
    works_->later([works = works_, peer, topic = std::string(pubsub_topic),
                   pushed = std::vector<message>(messages.begin(), messages.end())] {
      works->frames(peer, topic, pushed);
    });
  }
  void relay(std::string_view pubsub_topic, const message& arrived) {
    works_->later(
        [works = works_, topic = std::string(pubsub_topic), arrived] { works->relayed(topic, arrived); });
  }
  std::uint32_t relay_neighbours() const { return 2; }
  bool set_peer(std::size_t peer, wt::peer_state state) {
    office_.states[peer] = state;
    if (state != wt::peer_state::unreachable && state != wt::peer_state::speechless) {
      works_->later([works = works_, peer] { works->tell_peer(peer); });
    }
    return true;
  }
  void set_online(bool online) {
    office_.online = online;
    works_->later([works = works_] { works->tell_connectivity(); });
  }

 private:
  post_office office_;
  std::unique_ptr<transport_type> transport_;
  std::shared_ptr<mail_room> works_;
};

}  // namespace letters
