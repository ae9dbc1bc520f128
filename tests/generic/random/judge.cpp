// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <generic/random/judge.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace generic::random_schedules {

using namespace std::chrono_literals;

void judge::violated(std::string what) {
  constexpr std::size_t enough = 8;
  if (violations_.size() >= enough) return;
  if (std::getenv("WAKU_TRACE") != nullptr) std::printf("violated: %s\n", what.c_str());
  violations_.push_back("at " + std::to_string(at_.now / 1us) + " us: " + std::move(what));
}

publication* judge::find(wr::request_id request) {
  for (publication& each : publications) {
    if (each.request == static_cast<std::uint64_t>(request)) return &each;
  }
  return nullptr;
}

bool judge::interested(std::uint32_t shard, std::uint32_t topic, duration grace) const {
  if (has(at_.subscribed[shard], topic)) return true;
  const duration left_at = at_.unsubscribed_at[shard][topic];
  if (left_at != duration::min() && left_at + grace >= at_.now) return true;
  // Publish topics stay of interest as long as anything is to be confirmed there.
  return facts_.asks.any() && at_.published_at[shard][topic] != duration::min();
}

// -- the application

void judge::accepted(wr::request_id request, std::uint32_t shard, const message& body, wr::wall_time now,
                     duration deadline) {
  if (find(request) != nullptr) violated("a request id is used twice");
  publication fresh;
  fresh.request = static_cast<std::uint64_t>(request);
  fresh.body = body;
  fresh.shard = shard;
  fresh.topic = place_of(topic_names, body.content_topic);
  fresh.accepted_at = at_.now;
  fresh.due = at_.now + deadline;
  fresh.too_old = body.timestamp != 0 && now.time_since_epoch() - duration(body.timestamp) > 15s;
  for (const publication& each : publications) {
    fresh.repeated = fresh.repeated || (each.body == body && each.shard == shard && body.timestamp != 0);
  }
  publications.push_back(std::move(fresh));
}

void judge::refused(wr::errc why, const message& body, std::size_t pending_before) {
  if (why == wr::errc::duplicate) {
    const bool in_flight =
        std::any_of(publications.begin(), publications.end(), [&](const publication& each) {
          return !each.finished && each.body.timestamp == body.timestamp && each.body.payload == body.payload;
        });
    if (body.timestamp == 0 || !in_flight) violated("refused as duplicate of nothing");
    return;
  }
  if (why == wr::errc::stopped && at_.stopped) return;
  if (why != wr::errc::buffer_full) return violated("refused with errc " + std::to_string(int(why)));
  std::size_t bytes = wr::message_traits<message>::encoded_size(body);
  for (const publication& each : publications) {
    if (!each.finished) bytes += wr::message_traits<message>::encoded_size(each.body);
  }
  const auto& limits = drawn_.numbers.outgoing;
  const bool full = pending_before >= limits.messages_max || bytes > limits.bytes_max ||
                    bytes > drawn_.other_numbers.outgoing.bytes_max;
  if (!full) violated("refused as full with " + std::to_string(pending_before) + " pending");
}

// -- requests

std::uint32_t judge::start(operation&& begun) {
  if (at_.stopped) violated("a request after stop");
  if (at_.pause_known) violated("a request while paused");
  if (!at_.told_online && !at_.known_online) violated("a request while offline");
  for (const operation& each : operations) {
    if (!each.of_ended_node && each.id == begun.id) violated("an operation id is used twice");
    if (each.ended() || each.peer != begun.peer || each.shard != begun.shard) continue;
    const auto criteria = [](wr::operation_kind kind) {
      return kind == wr::operation_kind::filter_subscribe || kind == wr::operation_kind::filter_unsubscribe;
    };
    if (criteria(each.kind) && criteria(begun.kind)) violated("two filter requests at once to one node");
    if (each.kind == wr::operation_kind::filter_ping && begun.kind == each.kind)
      violated("two pings at once to one node");
  }
  check_peer(begun);
  operations.push_back(std::move(begun));
  return static_cast<std::uint32_t>(operations.size() - 1);
}

void judge::check_peer(const operation& begun) {
  if (begun.kind == wr::operation_kind::relay_publish) return;
  if (begun.peer >= net_.peers.size()) return violated("a request to nobody");
  const peer& asked = net_.peers[begun.peer];
  const bool filter =
      begun.kind != wr::operation_kind::lightpush && begun.kind != wr::operation_kind::store_query;
  const bool told_now = asked.left_at >= at_.now - wake_delay_max;
  const bool speaks = begun.kind == wr::operation_kind::lightpush ? asked.protocols.lightpush
                      : filter                                    ? asked.protocols.filter
                                                                  : asked.stores();
  if (!asked.announced && !told_now) violated("a request to a peer that left");
  if (!speaks && !told_now) violated("a request for a protocol that the peer does not speak");
  if (!drawn_.peers_keep_quiet && !has(asked.serves, begun.shard) && !told_now)
    violated("a request for a shard that the peer does not serve");
  if (!filter) return;
  for (std::uint32_t topic = 0; topic < topic_names.size(); ++topic) {
    const bool adds = begun.kind == wr::operation_kind::filter_subscribe;
    if (adds && has(begun.topics, topic) && !interested(begun.shard, topic, duration::zero()))
      violated("a SUBSCRIBE for a topic of no interest");
  }
}

void judge::push_started(operation& begun, const message& lent, const wr::message_hash& hash) {
  begun.lent = &lent;
  for (std::uint32_t place = 0; place < publications.size(); ++place) {
    const publication& each = publications[place];
    if (each.body.payload == lent.payload && each.shard == begun.shard) begun.publication = place;
  }
  if (begun.publication == nothing) return violated("a push of something that was not published");
  publication& own = publications[begun.publication];
  message expected = own.body;
  if (expected.timestamp == 0) expected.timestamp = lent.timestamp;
  if (lent.timestamp == 0) violated("a push without timestamp");
  if (!(lent == expected)) violated("a push with other bytes than were published");
  if (net_.hash_of(begun.shard, lent) != hash) violated("a push with a wrong hash");
  if (own.finished && at_.now != own.due) violated("a push after the outcome");
  begun.truth = net_.add(begun.shard, lent);
  net_.truths[begun.truth].own = begun.publication;
  const bool known = std::find(own.truths.begin(), own.truths.end(), begun.truth) != own.truths.end();
  if (!known) {
    for (const std::uint32_t before : own.truths) {
      if (net_.truths[before].entered_at && !own.refused_falsely)
        violated("a message that got in has a second timestamp");
    }
    own.truths.push_back(begun.truth);
  }
  ++own.pushes;
  ++own.ends[static_cast<std::size_t>(push_end::open)];
  for (const operation& each : operations) {
    const bool same = begun.peer != nothing && each.publication == begun.publication &&
                      each.peer == begun.peer && !each.ended();
    if (same) violated("a second push to a node whose reply is awaited");
  }
  if (begun.peer != nothing) own.pushed_to |= bit(begun.peer);
}

void judge::query_started(operation& begun, const wr::store_request& asked) {
  const peer& store = net_.peers[begun.peer];
  const bool told_now = store.left_at >= at_.now - wake_delay_max;
  const bool by_hash = !asked.hashes.empty();
  begun.hashes.assign(asked.hashes.begin(), asked.hashes.end());
  begun.include_data = asked.include_data;
  begun.limit = asked.limit;
  if (asked.legacy && !asked.include_data) violated("a legacy query without bodies");
  // A node that speaks both by now is asked for the further pages as for the first.
  const bool legacy = store.protocols.legacy_store && (!store.protocols.store || !asked.cursor.empty());
  if (asked.legacy && !legacy && !told_now) violated("a legacy query to a node that is not");
  if (!asked.legacy && !store.protocols.store && !told_now) violated("a query to a legacy node");
  if (asked.limit < 1 || asked.limit > 100)
    violated("a query with a limit of " + std::to_string(asked.limit));
  if (by_hash) {
    const bool alone = asked.content_topics.empty() && !asked.time_start && !asked.time_end;
    if (!alone || asked.legacy || !asked.cursor.empty()) violated("a query by hash with something else");
    if (asked.hashes.size() > 50 || asked.limit < asked.hashes.size())
      violated("a query by hash that is too large");
    auto sorted = begun.hashes;
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
      violated("a query that names a hash twice");
    return;
  }
  const bool in_full = !asked.content_topics.empty() && asked.content_topics.size() <= 10 &&
                       asked.time_start && asked.time_end && *asked.time_start < *asked.time_end;
  if (!in_full) return violated("a content query without topics or times");
  const duration slice = std::max(drawn_.numbers.recovery.slice, drawn_.other_numbers.recovery.slice);
  const duration early = drawn_.numbers.recovery.overlap * 2 + 130s;  // S3's early look is not sliced
  if (*asked.time_end - *asked.time_start > std::max(slice, early) && at_.wall_steps == 0)
    violated("a content query over too long");
  begun.query.shard = begun.shard;
  begun.query.start = asked.time_start->time_since_epoch().count();
  begun.query.end = asked.time_end->time_since_epoch().count();
  begun.query.end_included = !drawn_.exclusive_end;
  constexpr duration under_way = 3min;  // a query that has begun is brought to its end
  for (const std::string_view name : asked.content_topics) {
    const std::uint32_t topic = place_of(topic_names, name);
    if (topic == nothing || has(begun.topics, topic) || !interested(begun.shard, topic, under_way)) {
      violated("a content query for a topic of no interest");
    } else {
      begun.topics |= bit(topic);
    }
  }
  begun.query.topics = begun.topics;
  if (asked.cursor.empty()) return;
  if (asked.cursor.size() != 3 || std::to_integer<std::uint32_t>(asked.cursor[0]) != begun.peer)
    return violated("a cursor of another node");
  begun.after =
      std::to_integer<std::uint32_t>(asked.cursor[1]) << 8U | std::to_integer<std::uint32_t>(asked.cursor[2]);
}

void judge::cancelled(wr::operation_id id) {
  for (operation& each : operations) {
    if (each.of_ended_node || each.id != id) continue;
    if (each.cancelled) violated("an operation is cancelled twice");
    check_lent(each);
    each.cancelled = true;
    if (!each.answered) end_push(each, push_end::unknown);
    return;
  }
  violated("a cancel for an operation that was never started");
}

void judge::answering(operation& ending, const any_reply& with) {
  if (ending.ended()) return;
  check_lent(ending);
  ending.answered = true;
  ending.answered_at = at_.now;
  push_end how = push_end::refused;
  if (const auto* error = std::get_if<wr::transport_error>(&with)) {
    ending.failed = *error != wr::transport_error::transport_threw;
    const bool never_left = *error == wr::transport_error::dial_failed ||
                            *error == wr::transport_error::unsupported_protocol ||
                            *error == wr::transport_error::transport_threw;
    how = never_left ? push_end::refused : push_end::unknown;
  } else if (const auto* push = std::get_if<wr::lightpush_reply>(&with)) {
    const bool taken = push->status == 200 && (push->legacy || push->relay_peer_count.value_or(0) > 0);
    how = taken ? push_end::accepted : push_end::refused;
    if ((push->status < 400 && push->status != 200) || push->status >= 600) how = push_end::unknown;
    ending.failed = !taken;
  } else if (const auto* relay = std::get_if<wr::relay_reply>(&with)) {
    how = relay->peer_count > 0 ? push_end::accepted : push_end::refused;
  } else if (const auto* filter = std::get_if<wr::filter_reply>(&with)) {
    ending.failed = !wr::is_success(filter->status);
  } else if (const auto* store = std::get_if<wr::store_reply<message>>(&with)) {
    // A complete reply can be a failure too: wrong bodies, a cursor that comes round.
    ending.failed = true;
    if (!wr::is_success(store->status)) return;
    for (const auto& entry : store->entries) {
      const auto place =
          entry.body ? net_.find(net_.hash_of(ending.shard, *entry.body)) : net_.find(entry.hash);
      if (!place) continue;
      truth& listed = net_.truths[*place];
      listed.listed_by |= bit(ending.peer);
      if (listed.own != nothing) publications[listed.own].listed = true;
    }
  }
  end_push(ending, how);
}

// A view is valid until the operation ends: the bytes are still those that were lent.
void judge::check_lent(const operation& ended) {
  if (ended.lent == nullptr || ended.ended()) return;
  if (!(*ended.lent == net_.truths[ended.truth].body)) violated("a lent message changed before the end");
  if (ended.lent_shard != shard_names[ended.shard]) violated("a lent pubsub topic changed before the end");
}

void judge::end_push(operation& ended, push_end how) {
  if (ended.publication == nothing || ended.end != push_end::open) return;
  ended.end = how;
  publication& own = publications[ended.publication];
  --own.ends[static_cast<std::size_t>(push_end::open)];
  ++own.ends[static_cast<std::size_t>(how)];
}

void judge::pushed_back(std::uint32_t place, std::uint32_t by) {
  truth& pushed = net_.truths[place];
  pushed.pushed_by |= bit(by);
  if (pushed.own == nothing) return;
  publication& own = publications[pushed.own];
  own.echoed_by |= bit(by);
  if (!has(own.pushed_to, by)) own.echoed_apart_by |= bit(by);
}

void judge::node_ended(duration due) {
  for (operation& each : operations) {
    if (!each.ended())
      violated("an operation of a node that is gone never ended: " + std::to_string(each.id.value()));
    each.of_ended_node = true;
    each.lent = nullptr;
  }
  for (publication& each : publications) {
    if (each.finished) continue;
    each.carried_over = true;
    each.due = std::max(each.due, due);
  }
}

// -- what the application hears

void judge::delivered(const wr::deliver<message>& given) {
  const std::uint32_t shard = place_of(shard_names, given.pubsub_topic);
  if (shard == nothing) return violated("a delivery on an unknown pubsub topic");
  if (net_.hash_of(shard, given.message) != given.hash) return violated("a delivery with a wrong hash");
  auto place = net_.find(given.hash);
  if (!place && given.by == wr::delivered_by::own) {
    // Shown before its first push was polled.
    for (std::uint32_t own = 0; own < publications.size(); ++own) {
      if (publications[own].body.payload != given.message.payload || publications[own].finished) continue;
      place = net_.add(shard, given.message);
      net_.truths[*place].own = own;
      publications[own].truths.push_back(*place);
    }
  }
  if (!place) return violated("a delivery of something that nobody sent");
  truth& known = net_.truths[*place];
  if (!has(at_.subscribed[shard], known.topic)) violated("a delivery that is not subscribed");
  if (at_.stop_known) violated("a delivery after stop");
  // What leaves a seen set that is too small is known by its stamp, as far as a clock of ours has ever been
  // there: after a restart with a clock that was set back, none has.
  const bool forgotten = seen_evicted && (given.by != wr::delivered_by::store || at_.set_back_in_restart);
  if (++known.deliveries > 1 && !forgotten) violated("a message is delivered twice");
  known.delivered_at = at_.now;
  if (known.own == nothing) {
    if (given.by == wr::delivered_by::own) violated("a foreign message is delivered as own");
    return;
  }
  const bool own_wanted = drawn_.numbers.publish.deliver_own || drawn_.other_numbers.publish.deliver_own;
  if (given.by == wr::delivered_by::own ? !own_wanted : !forgotten)
    violated("an own message is delivered though not asked for");
}

void judge::propagated(const wr::propagated& first) {
  publication* own = find(first.request);
  if (own == nullptr) return violated("a propagation of something unknown");
  if (own->finished) violated("a propagation after the outcome");
  if (std::exchange(own->propagated, true)) violated("a second propagation");
  if (own->count(push_end::accepted) == 0) violated("a propagation that no node accepted");
  const auto place = net_.find(first.hash);
  if (!place || net_.truths[*place].own == nothing) violated("a propagation with a wrong hash");
}

void judge::finished(const wr::finished& end) {
  publication* own = find(end.request);
  if (own == nullptr) return violated("an outcome for something unknown");
  if (std::exchange(own->finished, true)) return violated("a second outcome");
  own->outcome = end.outcome;
  if (at_.now > own->due) violated("an outcome after the deadline");
  if (const auto* how = std::get_if<wr::confirmed>(&end.outcome)) check_confirmed(*own, *how);
  if (const auto* how = std::get_if<wr::unconfirmed>(&end.outcome)) check_unconfirmed(*own, *how);
  if (const auto* how = std::get_if<wr::failed>(&end.outcome)) check_failed(*own, *how);
  if (std::holds_alternative<wr::cancelled>(end.outcome) && !own->cancel_asked && !at_.stopped)
    violated("cancelled, though nobody asked for that");
}

void judge::check_confirmed(const publication& ended, const wr::confirmed& how) {
  if (!facts_.asks.any()) violated("confirmed, though nobody was asked");
  const bool by_store = how.by != wr::confirmed_by::echo;
  const bool by_echo = how.by != wr::confirmed_by::store;
  if (by_store && !ended.listed) violated("confirmed by a store that did not list it");
  if (by_echo && ended.echoed_by == 0) violated("confirmed by an echo that did not come");
  if (by_echo && ended.echoed_apart_by == 0 && !degraded_told && !ended.carried_over)
    violated("confirmed by an echo of a node that it was pushed to");
  if (by_store && drawn_.faults.claimed == 0.0) {
    const bool held = std::any_of(ended.truths.begin(), ended.truths.end(),
                                  [this](std::uint32_t each) { return net_.truths[each].stored != 0; });
    if (!held) violated("confirmed, though no store holds it");
  }
  const bool in = std::any_of(ended.truths.begin(), ended.truths.end(), [this](std::uint32_t each) {
    return net_.truths[each].entered_at.has_value();
  });
  if (!in && drawn_.faults.claimed == 0.0) violated("confirmed, though it never got in");
  if (how.transmissions == 0) violated("confirmed without a transmission");
  if (how.latency < duration::zero() || how.latency > drawn_.numbers.confirmation.deadline + 24h)
    violated("confirmed with an absurd latency");
}

void judge::check_unconfirmed(const publication& ended, const wr::unconfirmed& how) {
  const bool may_be_out =
      ended.count(push_end::accepted) + ended.count(push_end::unknown) + ended.count(push_end::open) > 0 ||
      ended.echoed_by != 0 || ended.listed;
  const bool refusal_waits = std::any_of(operations.begin(), operations.end(), [&](const operation& each) {
    return each.publication != nothing && &publications[each.publication] == &ended && each.answered &&
           each.answered_at >= at_.taken_in_until;
  });
  if (!may_be_out && !ended.carried_over && !refusal_waits)
    violated("unconfirmed, though it certainly did not leave");
  if (how.why == wr::unconfirmed_why::not_asked && facts_.asks.any() &&
      !(ended.carried_over && ended.body.ephemeral))
    violated("unconfirmed as not asked, though the policies ask");
  if (how.why == wr::unconfirmed_why::ephemeral && (!ended.body.ephemeral || facts_.asks.echo))
    violated("unconfirmed as ephemeral, though it is not or echoes count");
  if (how.why == wr::unconfirmed_why::evicted && drawn_.numbers.outgoing.full == wr::when_full::refuse &&
      drawn_.other_numbers.outgoing.full == wr::when_full::refuse)
    violated("evicted, though the buffer refuses");
  if (how.why == wr::unconfirmed_why::deadline && at_.now < ended.accepted_at + 1s)
    violated("a deadline before its time");
}

void judge::check_failed(const publication& ended, const wr::failed& how) {
  if (ended.count(push_end::accepted) > 0) violated("failed, though a node accepted it");
  if (ended.count(push_end::unknown) > 0) violated("failed, though an attempt ended unknown");
  if (ended.count(push_end::open) > 0) violated("failed, though an attempt is open");
  for (const std::uint32_t each : ended.truths) {
    // Of equal bytes another request may have got in, which this one need not know.
    const bool got_in = net_.truths[each].entered_at && !ended.refused_falsely && !ended.repeated;
    if (got_in) violated("failed, though it got in");
  }
  if (how.why == wr::failed_why::no_route && ended.pushes > 0)
    violated("failed for want of a route that it had");
  if (how.why == wr::failed_why::refused && ended.pushes == 0) violated("refused by nobody");
}

// -- the rest

void judge::ejected(const wr::notice::peer_ejected& told) {
  const auto wanted = static_cast<std::uint32_t>(told.peer);
  const std::uint32_t shard = place_of(shard_names, told.pubsub_topic);
  const auto fits = [&](wr::operation_kind kind) {
    switch (kind) {
      case wr::operation_kind::lightpush: return told.of == wr::service::lightpush;
      case wr::operation_kind::store_query: return told.of == wr::service::store;
      case wr::operation_kind::filter_subscribe:
      case wr::operation_kind::filter_ping: return told.of == wr::service::filter;
      default: return false;
    }
  };
  if (!at_.told_online && !at_.known_online) violated("a peer is charged while we are offline");
  const auto& ours = drawn_.numbers.timeout;
  const auto& theirs = drawn_.other_numbers.timeout;
  const duration shortest = std::min({ours.push, ours.ping, ours.subscribe, ours.store, theirs.push,
                                      theirs.ping, theirs.subscribe, theirs.store});
  const bool earned = std::any_of(operations.begin(), operations.end(), [&](const operation& each) {
    if (each.of_ended_node || each.peer != wanted || each.shard != shard || !fits(each.kind)) return false;
    const bool failed = each.failed || each.cancelled || at_.now + wake_delay_max >= each.started + shortest;
    return failed && each.started >= at_.online_since;
  });
  if (!earned) violated("a peer is charged for nothing, or for what failed while we were offline");
}

void judge::woken(std::size_t pending, std::size_t running) {
  const auto& limits = drawn_.numbers.outgoing;
  if (pending > limits.messages_max) violated("more pending messages than allowed");
  const std::size_t shards = shard_names.size();
  // Rounds of confirmation go on though stores are silent: as many are under way as begin within a timeout.
  const auto& ours = drawn_.numbers;
  const auto& theirs = drawn_.other_numbers;
  const duration patience = std::max(ours.timeout.store, theirs.timeout.store);
  const duration pause = std::min(ours.confirmation.early_interval, theirs.confirmation.early_interval);
  const auto rounds = static_cast<std::size_t>(patience / pause) + 2;
  const std::size_t most =
      limits.messages_max * 3 * 8 + shards * (limits.messages_max * rounds + 2 * 7 + 4 + 4 + 4);
  if (running > most) violated("more operations than bounds allow");
  for (const publication& each : publications) {
    if (!each.finished && at_.now > each.due) violated("no outcome by the deadline");
  }
}

void judge::all_ended(std::size_t pending, std::size_t running) {
  if (pending != 0 || running != 0) violated("something is left after stop");
  for (const operation& each : operations) {
    if (!each.ended()) violated("an operation never ended: " + std::to_string(each.id.value()));
  }
  for (const publication& each : publications) {
    if (!each.finished) violated("a publish without outcome");
  }
}

void judge::converged(duration healed_at, duration settled_at) {
  const auto& numbers = drawn_.numbers;
  const auto& others = drawn_.other_numbers;
  const duration window = std::min(numbers.recovery.window, others.recovery.window);
  const duration cadence = std::max(numbers.cadence.longest, others.cadence.longest);
  const duration round = cadence + 3 * std::max(numbers.timeout.store, others.timeout.store);
  // What any store held when the network became healthy is due, as far as the window reaches then; or from
  // the beginning, if no store ever lacked or lied, and neither clocks nor memory failed us.
  const auto& faults = drawn_.faults;
  const bool stores_reliable = faults.archive_missed == 0.0 && faults.concealed == 0.0 &&
                               faults.cursor_loops == 0.0 && at_.wall_steps == 0;
  const auto smallest_reach = std::min(numbers.recovery.longest_reach, others.recovery.longest_reach);
  const bool everything = stores_reliable && smallest_reach > 1h && !window_shortened;
  const duration since = everything ? duration::zero() : healed_at - (window - round);
  const auto due_from_store = [&](const truth& each) {
    // Where the seen set was too small, or the range was cut, nobody can tell what has been shown before.
    const bool told = seen_evicted || (window_shortened && *each.entered_at < settled_at);
    return facts_.audits && each.stored != 0 && *each.entered_at >= since && !told;
  };
  const auto wanted = [](const truth& each) {
    return each.entered_at && each.own == nothing && each.wanted_throughout && !each.given_up;
  };
  // Few at a time take many rounds, for which there is no time here.
  const auto backlog = std::count_if(net_.truths.begin(), net_.truths.end(), [&](const truth& each) {
    return wanted(each) && due_from_store(each) && (each.deliveries == 0 || each.delivered_at >= healed_at);
  });
  const auto at_once = std::min(numbers.recovery.missing_max, others.recovery.missing_max);
  // A node that forgot us and then heard a part of our criteria answers pings as if it held them all. Only a
  // refresh mends that.
  const bool nodes_remember = faults.forgotten == 0.0 && drawn_.weights.peer_restarts == 0.0;
  const bool time_enough_for_all = static_cast<std::size_t>(backlog) <= 5 * at_once;
  for (const truth& each : net_.truths) {
    if (!wanted(each)) continue;
    const bool by_store = due_from_store(each) && time_enough_for_all;
    const bool by_filter =
        facts_.receive_needs.filter && (facts_.refreshes || (facts_.pings && nodes_remember));
    const bool directly = (facts_.receive_needs.relay || by_filter) && *each.entered_at >= settled_at;
    if ((by_store || directly) && each.deliveries == 0) {
      violated("a message that entered at " + std::to_string(*each.entered_at / 1us) + " us on shard " +
               std::to_string(each.shard) + " topic " + std::to_string(each.topic) +
               " is not delivered, healthy since " + std::to_string(healed_at / 1us) + " us");
    }
  }
  const auto& confirmation = numbers.confirmation;
  // Of three messages at once go-waku's nodes take one a second: no promise to those that have few attempts, which
  // those over the rate are too, little time, or a stamp of the application's that is soon too old.
  const bool one_a_second = drawn_.nodes == wr::testing::node_software::go_waku;
  const bool hurried = !facts_.retransmits || numbers.retransmit.attempts_max != 0 ||
                       others.retransmit.attempts_max != 0 || confirmation.deadline < 20s ||
                       others.confirmation.deadline < 20s;
  for (const publication& each : publications) {
    if (each.accepted_at < settled_at || !each.finished || !each.outcome) continue;
    const auto* failed = std::get_if<wr::failed>(&*each.outcome);
    const auto* unconfirmed = std::get_if<wr::unconfirmed>(&*each.outcome);
    if (failed != nullptr && failed->why == wr::failed_why::evicted) continue;
    if (unconfirmed != nullptr && unconfirmed->why == wr::unconfirmed_why::evicted) continue;
    if (failed != nullptr && one_a_second && (hurried || each.body.timestamp != 0)) continue;
    if (failed != nullptr) violated("failed in a healthy network");
    const bool time_enough =
        confirmation.deadline > confirmation.settling + 3 * confirmation.early_interval + 3s;
    // A pool that ejects for good may keep a node that cannot be asked by hash instead of one that can.
    const bool legacy_in_the_way =
        !facts_.asks.audit && std::any_of(net_.peers.begin(), net_.peers.end(), [](const peer& one) {
          return one.protocols.legacy_store && !one.protocols.store;
        });
    const bool store_suffices = facts_.asks.store() && (!facts_.asks.echo || facts_.asks.audit);
    if (store_suffices && !legacy_in_the_way && time_enough && !each.body.ephemeral && !each.too_old &&
        at_.reconfigurations == 0 && confirmation.negative_replies_max == 0 &&
        confirmation.echo_rounds_max == 0 && !std::holds_alternative<wr::confirmed>(*each.outcome) &&
        !std::holds_alternative<wr::cancelled>(*each.outcome))
      violated("not confirmed in a healthy network");
  }
}

}  // namespace generic::random_schedules
