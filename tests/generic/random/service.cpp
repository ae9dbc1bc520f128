// SPDX-License-Identifier: Apache-2.0 OR MIT
// How the network of a schedule takes requests and answers them.
#include <generic/random/schedule.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <generic/policy_sets.hpp>

namespace generic::random_schedules {
namespace {

// What every request tells of itself. A relay publication is for no peer.
template <class Request>
operation begun_by(const Request& asked, wr::operation_kind kind) {
  operation begun;
  begun.id = asked.operation;
  begun.kind = kind;
  if constexpr (requires { asked.peer; }) begun.peer = static_cast<std::uint32_t>(asked.peer);
  begun.shard = place_of(shard_names, asked.pubsub_topic);
  return begun;
}

using namespace std::chrono_literals;
using wr::testing::node_software;

wr::store_cursor cursor_after(std::uint32_t store, std::uint32_t place) {
  return {static_cast<std::byte>(store), static_cast<std::byte>(place >> 8U), static_cast<std::byte>(place)};
}

// Lightpush v2 knows yes, no and too many requests, and no count.
wr::lightpush_reply as_legacy(wr::lightpush_reply reply) {
  const bool taken =
      reply.status == wr::status_code::ok && (reply.legacy || reply.relay_peer_count.value_or(0) > 0);
  reply.legacy = true;
  reply.relay_peer_count.reset();
  reply.retry_after.reset();
  if (!taken && reply.status != wr::status_code::too_many_requests) {
    reply.status = wr::status_code::internal_server_error;
  }
  return reply;
}

}  // namespace

void schedule::attach(wr::event_sink<message> sink) { sink_ = std::move(sink); }

void schedule::cancel(wr::operation_id id) {
  judge_.cancelled(id);
  if (at_fault(drawn_.faults.thrown)) throw std::runtime_error("cancel throws");
}
void schedule::disconnect(wr::peer_id peer) {
  if (!drawn_.numbers.pool.disconnect && !drawn_.other_numbers.pool.disconnect)
    judge_.violated("a disconnect that was not asked for");
  if (static_cast<std::uint32_t>(peer) >= net_.peers.size()) judge_.violated("a disconnect of nobody");
}
void schedule::relay_join(std::string_view shard) {
  const std::uint32_t place = place_of(shard_names, shard);
  if (place == nothing || std::exchange(joined_[place], true))
    judge_.violated("a relay topic is joined twice");
}
void schedule::relay_leave(std::string_view shard) {
  const std::uint32_t place = place_of(shard_names, shard);
  if (place == nothing || !std::exchange(joined_[place], false))
    judge_.violated("a relay topic is left that was not joined");
}

template <class Handle>
void schedule::begin(operation&& begun, Handle handle) {
  begun.started = at_.now;
  begun.handle = std::move(handle);
  const std::uint32_t place = judge_.start(std::move(begun));
  const bool thrown = at_fault(drawn_.faults.thrown);
  if (online_ && at_fault(drawn_.faults.synchronous)) {
    arrive(place);
    if (judge_.operations[place].answer.index() == 0) return;  // what throws has answered, or was not sent
    hand_over(place);
  } else if (!thrown) {
    later(latency(), happening::request_arrives, place);
  }
  if (!thrown) return;
  judge_.answering(judge_.operations[place], wr::transport_error::transport_threw);
  throw std::runtime_error("the transport throws");
}

void schedule::start(const wr::relay_request<message>& asked,
                     wr::reply_handle<message, wr::relay_reply> reply) {
  operation begun = begun_by(asked, wr::operation_kind::relay_publish);
  begun.lent_shard = asked.pubsub_topic;
  judge_.push_started(begun, asked.message, asked.hash);
  if (!joined_[begun.shard]) judge_.violated("a relay publication outside the mesh");
  note("relay", begun.id.value(), begun.truth, asked.hash.word(0), asked.fresh_proof);
  begin(std::move(begun), std::move(reply));
}

void schedule::start(const wr::lightpush_request<message>& asked,
                     wr::reply_handle<message, wr::lightpush_reply> reply) {
  operation begun = begun_by(asked, wr::operation_kind::lightpush);
  begun.lent_shard = asked.pubsub_topic;
  judge_.push_started(begun, asked.message, asked.hash);
  note("lightpush", begun.id.value(), begun.peer, begun.truth, asked.hash.word(0), asked.fresh_proof);
  begin(std::move(begun), std::move(reply));
}

void schedule::start(const wr::filter_subscribe_request& asked,
                     wr::reply_handle<message, wr::filter_reply> reply) {
  operation begun = begun_by(asked, wr::operation_kind::filter_subscribe);
  for (const std::string_view name : asked.content_topics) begun.topics |= bit(place_of(topic_names, name));
  if (asked.content_topics.empty() || asked.content_topics.size() > 100)
    judge_.violated("a SUBSCRIBE with " + std::to_string(asked.content_topics.size()) + " topics");
  note("subscribe at", begun.id.value(), begun.peer, begun.shard, begun.topics);
  begin(std::move(begun), std::move(reply));
}

void schedule::start(const wr::filter_unsubscribe_request& asked,
                     wr::reply_handle<message, wr::filter_reply> reply) {
  operation begun = begun_by(asked, wr::operation_kind::filter_unsubscribe);
  for (const std::string_view name : asked.content_topics) begun.topics |= bit(place_of(topic_names, name));
  note("unsubscribe at", begun.id.value(), begun.peer, begun.shard, begun.topics);
  begin(std::move(begun), std::move(reply));
}

void schedule::start(const wr::filter_ping_request& asked,
                     wr::reply_handle<message, wr::filter_reply> reply) {
  operation begun = begun_by(asked, wr::operation_kind::filter_ping);
  note("ping", begun.id.value(), begun.peer);
  begin(std::move(begun), std::move(reply));
}

void schedule::start(const wr::store_request& asked,
                     wr::reply_handle<message, wr::store_reply<message>> reply) {
  operation begun = begun_by(asked, wr::operation_kind::store_query);
  judge_.query_started(begun, asked);
  note("store query", begun.id.value(), begun.peer, begun.topics, begun.hashes.size(), asked.include_data,
       asked.limit, begun.after, begun.query.start, begun.query.end);
  for (const wr::message_hash& hash : begun.hashes) note("asked hash", hash.word(0));
  begin(std::move(begun), std::move(reply));
}

// -- on the way

void schedule::arrive(std::uint32_t place) {
  const operation& asked = judge_.operations[place];
  if ((asked.cancelled || asked.of_ended_node) && random_.chance(0.5)) return;
  const fault_rates& faults = drawn_.faults;
  if (asked.kind != wr::operation_kind::relay_publish) {
    const bool there = online_ && net_.peers[asked.peer].reachable;
    if (!there && random_.chance(0.3)) return;
    if (!there || at_fault(faults.refused_dial)) return answer(place, wr::transport_error::dial_failed, 0s);
    if (at_fault(faults.garbled * 0.3)) return answer(place, wr::transport_error::unsupported_protocol, 0s);
  }
  if (at_fault(faults.lost)) return;
  if (at_fault(faults.broken * 0.5)) return answer(place, wr::transport_error::connection_lost, 0s);
  serve(place);
}

void schedule::serve(std::uint32_t place) {
  const fault_rates& faults = drawn_.faults;
  any_reply reply;
  {
    operation& asked = judge_.operations[place];
    switch (asked.kind) {
      case wr::operation_kind::relay_publish: reply = serve_relay(asked); break;
      case wr::operation_kind::lightpush:
        reply = all_run(node_software::go_waku) ? as_legacy(serve_push(asked)) : serve_push(asked);
        break;
      case wr::operation_kind::store_query: reply = serve_store(asked); break;
      default: reply = serve_filter(asked); break;
    }
  }
  if (at_fault(faults.reply_lost)) return;
  if (at_fault(faults.broken * 0.5)) reply = wr::transport_error::connection_lost;
  if (at_fault(faults.garbled * 0.7)) {
    reply = random_.chance(0.5) ? wr::transport_error::empty_reply : wr::transport_error::undecodable_reply;
  }
  const duration wait = latency() + (at_fault(faults.late) ? up_to(25s) : 0s);
  answer(place, std::move(reply), wait);
  if (at_fault(faults.doubled)) later(wait + up_to(5s), happening::reply_arrives, place);
}

void schedule::answer(std::uint32_t place, any_reply with, duration wait) {
  operation& asked = judge_.operations[place];
  asked.answer = std::move(with);
  later(wait, happening::reply_arrives, place);
}

void schedule::hand_over(std::uint32_t place) {
  operation& asked = judge_.operations[place];
  if (!online_) return;
  const auto* error = std::get_if<wr::transport_error>(&asked.answer);
  const auto* pushed = std::get_if<wr::lightpush_reply>(&asked.answer);
  note("answer", asked.id.value(), error != nullptr ? static_cast<int>(*error) : -1,
       pushed != nullptr ? pushed->status : 0, asked.ended());
  judge_.answering(asked, asked.answer);  // of two copies the second may be the first that is heard
  std::visit(
      [&asked]<class Handle>(const Handle& handle) {
        if constexpr (!std::is_same_v<Handle, std::monostate>) {
          std::visit(
              [&handle]<class Reply>(const Reply& reply) {
                if constexpr (std::is_same_v<Reply, wr::transport_error>) {
                  handle.fail(reply);
                } else if constexpr (requires { handle(reply); }) {
                  handle(reply);
                }
              },
              asked.answer);
        }
      },
      asked.handle);
}

// -- what each service does

any_reply schedule::serve_relay(operation& asked) {
  const bool reaches = online_ && relay_peers_[asked.shard] > 0 && !at_fault(drawn_.faults.without_peers);
  if (!reaches) return wr::relay_reply{0};
  enter(asked.truth);
  return wr::relay_reply{relay_peers_[asked.shard]};
}

// Where peers run the same software they have its rates, too.
bool schedule::over_rate(wr::services::request_meter& meter, std::uint32_t peer,
                         const wr::services::request_rate& rate) {
  if (all_run(node_software::mixed)) return false;
  return !meter.allow(static_cast<wr::peer_id>(peer), rate, wr::steady_time(at_.now));
}

wr::lightpush_reply schedule::serve_push(operation& asked) {
  const fault_rates& faults = drawn_.faults;
  const peer& node = net_.peers[asked.peer];
  wr::lightpush_reply reply;
  const auto code = [&reply](std::uint32_t status) {
    reply.status = status;
    return reply;
  };
  if (at_fault(faults.rate_limited) || over_rate(pushes_met_, asked.peer, profile_.lightpush_rate)) {
    if (random_.chance(0.5)) reply.retry_after = up_to(30s);
    return code(wr::status_code::too_many_requests);
  }
  if (!node.protocols.lightpush || !has(node.serves, asked.shard))
    return code(random_.chance(0.5) ? wr::status_code::unsupported_pubsub_topic
                                    : wr::status_code::no_peers_to_relay);
  if (at_fault(faults.proof_refused)) {
    reply.description = "RLN validation failed";
    return code(wr::status_code::invalid_message);
  }
  if (at_fault(faults.refused)) {
    constexpr std::uint32_t codes[] = {302, 400, 413, 420, 421, 455, 500, 504, 555, 777};
    return code(codes[below(std::size(codes))]);
  }
  const auto no_peers = [&] {
    constexpr std::uint32_t codes[] = {200, 200, 503, 505};
    const std::uint32_t chosen = below(std::size(codes));
    if (chosen == 0) reply.relay_peer_count = 0;
    return code(codes[chosen]);
  };
  if (at_fault(faults.without_peers)) return no_peers();
  reply.relay_peer_count = 1 + below(8);
  if (all_run(node_software::mixed) && random_.chance(0.1)) {
    reply.legacy = true;
    reply.relay_peer_count.reset();
  }
  if (at_fault(faults.accepted_falsely)) return code(wr::status_code::ok);
  const bool known = net_.truths[asked.truth].entered_at.has_value();
  enter(asked.truth);
  if (at_fault(faults.refused_falsely)) {
    judge_.publications[asked.publication].refused_falsely = true;
    return code(wr::status_code::internal_server_error);
  }
  if (known && all_run(node_software::go_waku)) return code(wr::status_code::ok);  // to repeated bytes
  if (known && !at_.healed && random_.chance(0.6)) {
    if (reply.legacy) return code(wr::status_code::internal_server_error);
    reply.relay_peer_count.reset();
    if (random_.chance(0.3)) {
      reply.description = "RLN validation failed";
      return code(wr::status_code::invalid_message);
    }
    return no_peers();
  }
  return code(wr::status_code::ok);
}

any_reply schedule::serve_filter(operation& asked) {
  const fault_rates& faults = drawn_.faults;
  peer& node = net_.peers[asked.peer];
  if (at_fault(faults.forgotten)) node.subscribed = {};
  wr::filter_reply reply;
  const bool too_many = over_rate(filter_requests_met_, asked.peer, profile_.filter_rate);
  if (at_fault(faults.rate_limited) || too_many) {
    reply.status = wr::status_code::too_many_requests;
    if (random_.chance(0.5)) reply.retry_after = up_to(30s);
    return reply;
  }
  if (at_fault(faults.refused)) {
    constexpr std::uint32_t codes[] = {400, 404, 500, 503};
    reply.status = codes[below(std::size(codes))];
    return reply;
  }
  reply.status = wr::status_code::ok;
  const bool any = node.subscribed[0] != 0 || node.subscribed[1] != 0;
  if (!node.protocols.filter) {
    reply.status = wr::status_code::bad_request;
  } else if (asked.kind == wr::operation_kind::filter_subscribe) {
    node.subscribed[asked.shard] |= asked.topics;
  } else if (!any) {
    reply.status = 404;
  } else if (asked.kind == wr::operation_kind::filter_unsubscribe) {
    node.subscribed[asked.shard] &= ~asked.topics;
  }
  return reply;
}

any_reply schedule::serve_store(operation& asked) {
  const fault_rates& faults = drawn_.faults;
  wr::store_reply<message> reply;
  if (at_fault(faults.rate_limited)) {
    reply.status = wr::status_code::too_many_requests;
    if (random_.chance(0.5)) reply.retry_after = up_to(30s);
    return reply;
  }
  if (at_fault(faults.refused) || !net_.peers[asked.peer].stores()) {
    constexpr std::uint32_t codes[] = {300, 400, 503, 504};
    reply.status = codes[below(std::size(codes))];
    return reply;
  }
  reply.status = wr::status_code::ok;
  if (asked.hashes.empty()) {
    list_content(asked, reply);
  } else {
    list_by_hash(asked, reply);
  }
  if (at_fault(faults.concealed)) {
    std::erase_if(reply.entries, [this](const auto&) { return random_.chance(0.5); });
  }
  return reply;
}

void schedule::list_by_hash(const operation& asked, wr::store_reply<message>& reply) {
  const fault_rates& faults = drawn_.faults;
  for (const wr::message_hash& hash : asked.hashes) {
    const auto place = net_.find(hash);
    const bool held = place && has(net_.truths[*place].stored, asked.peer);
    if (!held && (asked.include_data || !at_fault(faults.claimed))) continue;
    wr::store_entry<message> entry{hash, {}};
    if (asked.include_data && !at_fault(faults.no_body)) {
      entry.body = net_.truths[*place].body;
      if (at_fault(faults.wrong_body)) entry.body->payload.push_back(std::byte{0xee});
    }
    reply.entries.push_back(std::move(entry));
  }
  // Order and repetitions mean nothing, and foreign rows are not for us (R10).
  if (!reply.entries.empty() && random_.chance(0.1)) reply.entries.push_back(reply.entries.front());
  if (!net_.truths.empty() && random_.chance(0.05)) {
    const truth& foreign = net_.truths[below(net_.truths.size())];
    if (has(foreign.stored, asked.peer)) reply.entries.push_back({foreign.hash, foreign.body});
  }
}

void schedule::list_content(const operation& asked, wr::store_reply<message>& reply) {
  const fault_rates& faults = drawn_.faults;
  std::vector<std::uint32_t> found = net_.listing(asked.peer, asked.query);
  if (at_fault(faults.claimed)) {
    for (std::uint32_t place = 0; place < net_.truths.size(); ++place) {
      const truth& each = net_.truths[place];
      if (each.own != nothing && each.shard == asked.shard && !has(each.stored, asked.peer))
        found.push_back(place);
    }
  }
  std::size_t first = 0;
  if (asked.after != nothing) {
    const auto at = std::find(found.begin(), found.end(), asked.after);
    first = at == found.end() ? found.size() : static_cast<std::size_t>(at - found.begin()) + 1;
  }
  std::size_t limit = asked.limit;
  if (at_fault(faults.page_clamped)) limit = std::min<std::size_t>(limit, 2);
  const std::size_t last = std::min(found.size(), first + limit);
  for (std::size_t at = first; at < last; ++at) {
    const truth& each = net_.truths[found[at]];
    wr::store_entry<message> entry;
    if (asked.include_data) {
      entry.body = each.body;
    } else {
      entry.hash = each.hash;
    }
    reply.entries.push_back(std::move(entry));
  }
  if (last < found.size()) reply.cursor = cursor_after(asked.peer, found[last - 1]);
  if (last > first && at_fault(faults.cursor_loops)) reply.cursor = cursor_after(asked.peer, found[first]);
}

// -- between the nodes

void schedule::enter(std::uint32_t place) {
  truth& entering = net_.truths[place];
  if (entering.entered_at) return;
  entering.entered_at = at_.now;
  entering.wanted_throughout = has(at_.subscribed[entering.shard], entering.topic);
  const std::uint32_t shard = entering.shard;
  const duration lag = at_.healed ? duration(500ms) : drawn_.archive_lag;
  for (std::uint32_t each = 0; each < net_.peers.size(); ++each) {
    const peer& node = net_.peers[each];
    if (!has(node.serves, shard)) continue;
    if (node.stores() && !at_fault(drawn_.faults.archive_missed))
      later(up_to(lag), happening::archived, place, each);
    if (node.protocols.filter) later(latency(), happening::push_arrives, place, each);
  }
  later(latency(), happening::relay_arrives, place);
}

void schedule::push(std::uint32_t place, std::uint32_t by) {
  if (!node_ || !online_ || !net_.peers[by].reachable) return;
  const truth& pushed = net_.truths[place];
  note("push", place, by);
  judge_.pushed_back(place, by);
  sink_.filter_push(static_cast<wr::peer_id>(by), shard_names[pushed.shard], pushed.body);
}

}  // namespace generic::random_schedules

TEST_CASE("faults of every kind are met, and most messages are confirmed all the same") {
  using namespace generic;
  using namespace generic::random_schedules;
  const policy_case tried = case_of<standard_sets::minimal>("minimal");
  std::size_t requests = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) requests += schedule(seed, tried).run().requests;
  CHECK(requests > 50);
}
