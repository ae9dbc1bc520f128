// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <generic/random/schedule.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include <generic/policy_sets.hpp>

namespace generic::random_schedules {
namespace {

using namespace std::chrono_literals;
using wr::testing::node_software;

constexpr wr::wall_time wall_start{1'717'200'000s};
constexpr duration steady_start = 1'000s;

struct hook_raised : std::runtime_error {
  hook_raised() : std::runtime_error("a hook of the application raises") {}
};

std::uint64_t mixed(std::uint64_t word) {
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9U;
  return word ^ (word >> 27);
}

std::uint64_t number_of(wr::peer_id peer) { return static_cast<std::uint64_t>(peer); }

}  // namespace

void schedule::write_down(const char* what, std::initializer_list<std::int64_t> words) {
  digest_ = mixed(digest_ ^ static_cast<std::uint64_t>(at_.now.count()));
  digest_ = mixed(digest_ ^ static_cast<std::uint64_t>(*what));
  for (const std::int64_t word : words) digest_ = mixed(digest_ + static_cast<std::uint64_t>(word));
  if (!traced_) return;
  std::printf("%12.6f %s", std::chrono::duration<double>(at_.now).count(), what);
  for (const std::int64_t word : words) std::printf(" %lld", static_cast<long long>(word));
  std::putchar('\n');
}

schedule::schedule(std::uint64_t seed, const policy_case& tried, wr::testing::node_software nodes)
    : drawn_(draw(seed, tried.facts, nodes)),
      tried_(tried),
      random_(mixed(seed + 0x51ed2701U)),
      traced_(std::getenv("WAKU_TRACE") != nullptr),
      profile_(wr::testing::services_of(nodes, 1).front()),
      numbers_(drawn_.numbers) {
  for (auto& shard : at_.unsubscribed_at) shard.fill(duration::min());
  for (auto& shard : at_.published_at) shard.fill(duration::min());
  net_.peers.resize(drawn_.peers);
  for (peer& each : net_.peers) {
    each.protocols.lightpush = random_.chance(0.8);
    each.protocols.filter = random_.chance(0.8);
    each.protocols.store = random_.chance(0.6);
    each.protocols.legacy_store = random_.chance(0.15);
    fit_software(each);
    each.serves = drawn_.peers_keep_quiet ? bit(0) | bit(1) : 1U + below(3);
    each.left_at = duration::min();
  }
}

verdict schedule::run() {
  node_ = tried_.make(*this, numbers_);
  for (std::uint32_t place = 0; place < net_.peers.size(); ++place) {
    if (random_.chance(0.8)) announce(place);
  }
  for (std::uint32_t shard = 0; shard < drawn_.shards; ++shard) relay_peers_[shard] = below(4);
  announce_relay();
  for (std::uint32_t shard = 0; shard < drawn_.shards; ++shard) {
    for (std::uint32_t topic = 0; topic < drawn_.topics; ++topic) {
      if (random_.chance(0.7)) subscribe(shard, topic);
    }
  }
  later(up_to(drawn_.event_gap), happening::drawn_event);
  later(up_to(drawn_.foreign_gap), happening::foreign_message);
  if (drawn_.sloppy_wakes) later(up_to(5s), happening::stray_wake);
  later(drawn_.fault_time, happening::made_healthy);

  const auto longest = [this](auto&& value) {
    return std::max(value(drawn_.numbers), value(drawn_.other_numbers));
  };
  const duration settling = 60s + 3 * longest([](const wr::options& of) { return of.timeout.store; }) +
                            2 * longest([](const wr::options& of) { return of.cadence.longest; }) +
                            3 * longest([](const wr::options& of) { return of.subscription.ping_interval; });
  const duration settled_at = drawn_.fault_time + settling;
  later(settled_at, happening::settled);
  const duration rest = 20s + longest([](const wr::options& of) { return of.confirmation.deadline; }) +
                        longest([](const wr::options& of) { return of.cadence.longest; }) +
                        longest([](const wr::options& of) { return of.recovery.lookup_delay; });
  run_until(settled_at + rest);
  if (judge_.violations().empty() && !at_.stopped) {
    judge_.converged(drawn_.fault_time, settled_at);
    note("stop");
    node_->stop();
    at_.stopped = true;
  }
  if (judge_.violations().empty()) {
    wake_node();
    judge_.all_ended(node_->pending(), node_->operations());
    run_until(at_.now + 30s);  // what is under way comes to an end that nobody waits for
  }
  if (random_.chance(0.5)) node_.reset();  // handles outlive the node
  verdict told{judge_.violations(), digest_, judge_.operations.size(), judge_.publications.size(), 0, 0,
               at_.restarts};
  for (const publication& each : judge_.publications) {
    if (each.outcome && std::holds_alternative<wr::confirmed>(*each.outcome)) ++told.confirmed;
  }
  for (const truth& each : net_.truths) told.deliveries += each.deliveries;
  node_.reset();
  return told;
}

// -- time

duration schedule::up_to(duration longest) {
  return duration(static_cast<duration::rep>(random_.below(static_cast<std::uint64_t>(longest.count()) + 1)));
}
duration schedule::latency() {
  const duration mean = at_.healed ? std::min<duration>(drawn_.latency, 100ms) : drawn_.latency;
  const duration usual = mean / 2 + up_to(mean);
  return at_fault(0.02) ? usual * 8 : usual;
}

void schedule::later(duration wait, happening what, std::uint32_t subject, std::uint32_t detail) {
  queue_.push_back({at_.now + wait, ++order_, what, subject, detail});
  std::push_heap(queue_.begin(), queue_.end(), [](const event& left, const event& right) {
    return left.at != right.at ? left.at > right.at : left.order > right.order;
  });
}

void schedule::run_until(duration end) {
  const auto after = [](const event& left, const event& right) {
    return left.at != right.at ? left.at > right.at : left.order > right.order;
  };
  const bool wakes_last = (drawn_.seed & 1U) != 0;
  while (judge_.violations().empty()) {
    const bool some = !queue_.empty() && queue_.front().at <= end;
    const bool wakes = wake_due_ && *wake_due_ <= end;
    if (!some && !wakes) break;
    if (wakes &&
        (!some || *wake_due_ < queue_.front().at || (*wake_due_ == queue_.front().at && !wakes_last))) {
      at_.now = *wake_due_;
      wake_due_.reset();
      wake_node();
      continue;
    }
    std::pop_heap(queue_.begin(), queue_.end(), after);
    const event next = queue_.back();
    queue_.pop_back();
    at_.now = next.at;
    happen(next);
  }
  at_.now = std::max(at_.now, end);
}

void schedule::wake_node() {
  if (!node_) return;
  constexpr std::size_t endless = 200'000;
  if (++wakes_ > endless) return judge_.violated("the node never comes to rest");
  bool whole = true;
  try {
    node_->wake();
  } catch (const hook_raised&) {
    whole = false;
  }
  if (whole) at_.known_online = at_.told_online;
  if (whole) at_.pause_known = at_.paused;
  if (whole) at_.stop_known = at_.stopped;
  if (whole) at_.taken_in_until = at_.now;
  judge_.woken(node_->pending(), node_->operations());
  if (std::exchange(restart_wanted_, false)) restart();
}

void schedule::happen(const event& what) {
  switch (what.what) {
    case happening::request_arrives: return arrive(what.subject);
    case happening::reply_arrives: return hand_over(what.subject);
    case happening::archived: {
      truth& kept = net_.truths[what.subject];
      const wr::wall_time wall = wall_start + at_.now;
      if (!network::archivable(kept.body, wall)) return;
      kept.stored |= bit(what.detail);
      if (at_.healed) share_archives();
      return;
    }
    case happening::push_arrives: {
      const truth& pushed = net_.truths[what.subject];
      if (!has(net_.peers[what.detail].subscribed[pushed.shard], pushed.topic)) return;
      if (at_fault(drawn_.faults.push_lost)) return;
      push(what.subject, what.detail);
      if (at_fault(drawn_.faults.push_doubled))
        later(up_to(5s), happening::push_arrives, what.subject, what.detail);
      return;
    }
    case happening::relay_arrives: {
      const truth& relayed = net_.truths[what.subject];
      const bool heard = node_ && online_ && joined_[relayed.shard] && relay_peers_[relayed.shard] > 0;
      if (!heard || at_fault(drawn_.faults.relay_lost)) return;
      return sink_.relay_message(shard_names[relayed.shard], relayed.body);
    }
    case happening::foreign_message:
      if (!settled_) foreign_message();
      return;
    case happening::drawn_event: return draw_event();
    case happening::back_online: return come_online();
    case happening::resumed:
      if (node_ && at_.paused) pause(false);
      return;
    case happening::node_returns: return node_returns();
    case happening::stray_wake:
      if (!at_.healed) later(up_to(5s), happening::stray_wake);
      return wake_node();
    case happening::made_healthy: return make_healthy();
    case happening::settled:
      settled_ = true;
      foreign_message();
      if (at_.stopped || !tried_.facts.publishes()) return;
      for (int count = 0; count < 3; ++count) publish();
      return;
  }
}

wr::instant schedule::now() const {
  return {wr::steady_time(steady_start + steady_shift_ + at_.now), wall_start + at_.now + wall_offset_};
}

void schedule::wake_at(wr::steady_time at) {
  duration due = at.time_since_epoch() - steady_start - steady_shift_;
  due = std::max(due, at_.now);
  const bool at_once = due == at_.now;
  if (drawn_.sloppy_wakes && random_.chance(0.3)) due += up_to(wake_delay_max);
  // A wake that is due already is not put off by another one.
  wake_due_ = at_once && wake_due_ ? std::min(*wake_due_, due) : due;
}

// -- application and world

void schedule::draw_event() {
  if (at_.healed) return;
  later(up_to(2 * drawn_.event_gap), happening::drawn_event);
  const event_weights& weights = drawn_.weights;
  const double chances[] = {weights.publish,       weights.subscribe,     weights.unsubscribe,
                            weights.cancel,        weights.pause,         weights.reconfigure,
                            weights.restart,       weights.wall_step,     weights.peer_leaves,
                            weights.peer_appears,  weights.peer_restarts, weights.goes_offline,
                            weights.relay_changes, weights.hook_acts,     weights.stop};
  double sum = 0.0;
  for (const double each : chances) sum += each;
  double drawn = random_.unit() * sum;
  std::size_t chosen = 0;
  while (chosen + 1 < std::size(chances) && drawn >= chances[chosen]) drawn -= chances[chosen++];
  const std::uint32_t shard = below(drawn_.shards);
  const std::uint32_t topic = below(drawn_.topics);
  const std::uint32_t one = below(drawn_.peers);
  switch (chosen) {
    case 0:
      for (std::uint32_t count = random_.chance(0.1) ? 8 : 1; count > 0; --count) publish();
      return;
    case 1: return subscribe(shard, topic);
    case 2: return unsubscribe(shard, topic);
    case 3: return cancel_some();
    case 4: return pause(true);
    case 5: {
      if (!node_ || at_.stopped) return;
      wr::options wrong = numbers_;
      wrong.pool.floor = 0;
      if (node_->reconfigure(wrong).empty()) judge_.violated("a wrong option is taken");
      numbers_ = random_.chance(0.5) ? drawn_.numbers : drawn_.other_numbers;
      numbers_.seed = drawn_.numbers.seed;
      ++at_.reconfigurations;
      note("reconfigure");
      wr::options chosen_numbers = numbers_;
      *chosen_numbers.seed += at_.restarts;
      if (!node_->reconfigure(chosen_numbers).empty()) judge_.violated("right options are refused");
      return;
    }
    case 6: return restart();
    case 7: return step_wall(random_.chance(0.5) ? up_to(2h) - 1h : up_to(20s) - 10s);
    case 8: {
      peer& leaving = net_.peers[one];
      leaving.reachable = random_.chance(0.3);
      if (!leaving.announced || !node_ || random_.chance(0.3)) return;
      leaving.announced = false;
      leaving.left_at = at_.now;
      note("peer leaves", one);
      return sink_.peer_left(static_cast<wr::peer_id>(one));
    }
    case 9: return change_peer();
    case 10:
      net_.peers[one].subscribed = {};
      note("peer restarts", one);
      return;
    case 11: return go_offline();
    case 12: relay_peers_[shard] = below(4); return announce_relay();
    case 13: next_act_ = static_cast<hook_act>(1 + below(6)); return;
    default:
      if (!node_ || at_.stopped) return;
      note("stop");
      node_->stop();
      at_.stopped = true;
      return;
  }
}

void schedule::publish() {
  if (!node_) return;
  message body;
  body.content_topic = topic_names[below(drawn_.topics)];
  const std::uint32_t shard = below(drawn_.shards);
  const std::uint32_t number = ++payloads_;
  body.payload.resize(4 + below(60));
  for (std::size_t at = 0; at < 4; ++at) body.payload[at] = static_cast<std::byte>(number >> (8 * at));
  body.ephemeral = random_.chance(0.1);
  if (random_.chance(0.3)) {
    const duration age = random_.chance(0.1) ? up_to(60s) : up_to(2s);
    body.timestamp = (now().wall - age).time_since_epoch().count();
  }
  if (random_.chance(0.05) && !judge_.publications.empty() && !at_.healed) {
    const publication& before = judge_.publications[below(judge_.publications.size())];
    if (!before.finished && before.body.timestamp != 0 && before.shard == shard) body = before.body;
  }
  const std::size_t pending = node_->pending();
  const auto request = node_->publish(shard_names[shard], body);
  note("publish", number, shard, request.has_value(), body.timestamp);
  if (!request) return judge_.refused(request.error(), body, pending);
  at_.published_at[shard][place_of(topic_names, body.content_topic)] = at_.now;
  judge_.accepted(*request, shard, body, now().wall, numbers_.confirmation.deadline + outcome_delay_max);
  const auto status = node_->status(*request);
  if (!at_.paused && !status && tried_.facts.asks.any() && numbers_.outgoing.full == wr::when_full::refuse)
    judge_.violated("no status right after publish");
}

void schedule::subscribe(std::uint32_t shard, std::uint32_t topic) {
  if (!node_ || at_.stopped) return;
  const std::string_view names[] = {topic_names[topic]};
  const auto answer = node_->subscribe(shard_names[shard], names);
  note("subscribe", shard, topic);
  if (answer.has_value() != tried_.facts.receives()) judge_.violated("subscribe answers wrongly");
  if (answer) at_.subscribed[shard] |= bit(topic);
}

void schedule::unsubscribe(std::uint32_t shard, std::uint32_t topic) {
  if (!node_ || at_.stopped || !tried_.facts.receives()) return;
  const std::string_view names[] = {topic_names[topic]};
  const auto answer = node_->unsubscribe(shard_names[shard], names);
  note("unsubscribe", shard, topic);
  if (!answer) judge_.violated("unsubscribe is refused");
  if (has(at_.subscribed[shard], topic)) at_.unsubscribed_at[shard][topic] = at_.now;
  at_.subscribed[shard] &= ~bit(topic);
  for (truth& each : net_.truths) {
    if (each.shard == shard && each.topic == topic) each.wanted_throughout = false;
  }
}

void schedule::cancel_some() {
  if (!node_ || judge_.publications.empty()) return;
  publication& one = judge_.publications[below(judge_.publications.size())];
  const auto answer = node_->cancel(static_cast<wr::request_id>(one.request));
  note("cancel", one.request, answer.has_value());
  if (!answer) {
    if (answer.error() != wr::errc::unknown_request) judge_.violated("cancel answers wrongly");
    return;
  }
  if (one.finished) judge_.violated("cancel of something that has its outcome");
  one.cancel_asked = true;
}

void schedule::pause(bool on) {
  if (!node_ || at_.stopped) return;
  note(on ? "pause" : "resume");
  if (on) {
    node_->pause();
    later(up_to(90s), happening::resumed);
  } else {
    node_->resume();
  }
  at_.paused = on;
  at_.pause_known = false;
}

void schedule::go_offline() {
  if (!online_) return;
  note("offline", drawn_.told_offline);
  online_ = false;
  later(random_.chance(0.8) ? up_to(90s) : up_to(12min), happening::back_online);
  if (!drawn_.told_offline || !node_) return;
  sink_.connectivity(false);
  at_.told_online = false;
}

void schedule::come_online() {
  if (online_) return;
  note("online");
  online_ = true;
  if (at_.told_online || !node_) return;
  sink_.connectivity(true);
  at_.told_online = true;
  at_.known_online = true;  // before it hears of the next outage it may act on this
  at_.online_since = at_.now;
}

void schedule::step_wall(duration by) {
  note("wall clock steps", by / 1ms);
  wall_offset_ += by;
  ++at_.wall_steps;
}

void schedule::restart() {
  if (!node_ || at_.stopped) return;
  kept_ = std::make_unique<wr::snapshot<message>>(node_->snapshot());
  if (kept_->outgoing.size() > numbers_.outgoing.messages_max)
    judge_.violated("a snapshot of too many messages");
  if (kept_->seen.size() > numbers_.seen.entries_max) judge_.violated("a snapshot of too many hashes");
  const duration away = random_.chance(0.4)   ? duration::zero()
                        : random_.chance(0.8) ? up_to(30s)
                                              : up_to(10min);
  note("restart", away / 1ms);
  const duration longest =
      std::max(drawn_.numbers.confirmation.deadline, drawn_.other_numbers.confirmation.deadline);
  kept_wall_offset_ = wall_offset_;
  node_.reset();
  judge_.node_ended(at_.now + away + longest + outcome_delay_max);
  sink_ = {};
  wake_due_.reset();
  joined_ = {};
  at_.paused = false;
  at_.pause_known = false;
  ++at_.restarts;
  later(away, happening::node_returns);
}

void schedule::node_returns() {
  if (node_ || !kept_) return;
  note("node returns");
  if (wall_offset_ < kept_wall_offset_) at_.set_back_in_restart = true;
  steady_shift_ = up_to(2h) - 1h;
  wr::options numbers = numbers_;
  *numbers.seed += at_.restarts;
  at_.told_online = true;
  at_.known_online = true;
  at_.online_since = duration::zero();
  node_ = tried_.make(*this, numbers);
  if (!node_->restore(std::move(*kept_))) judge_.violated("a snapshot is not taken back");
  kept_.reset();
  for (std::uint32_t place = 0; place < net_.peers.size(); ++place) {
    if (net_.peers[place].announced) announce(place);
  }
  announce_relay();
  if (online_ || !drawn_.told_offline) return;
  sink_.connectivity(false);
  at_.told_online = false;
}

void schedule::change_peer() {
  const std::uint32_t place = below(drawn_.peers);
  peer& changed = net_.peers[place];
  changed.reachable = random_.chance(0.9);
  if (random_.chance(0.4)) {
    changed.protocols.lightpush = random_.chance(0.8);
    changed.protocols.filter = random_.chance(0.8);
    changed.protocols.store = random_.chance(0.6);
    if (!all_run(node_software::mixed)) changed.protocols.legacy_store = false;  // by what was just drawn
    fit_software(changed);
    if (!drawn_.peers_keep_quiet) changed.serves = 1U + below(3);
    // Stores fill each other's gaps, where they are of the better kind.
    if (drawn_.faults.archive_missed == 0.0 && changed.stores()) {
      for (truth& each : net_.truths) {
        if (each.stored != 0) each.stored |= bit(place);
      }
    }
  }
  announce(place);
}

// Stores of nwaku are v3, those of go-waku the legacy one.
void schedule::fit_software(peer& each) const {
  if (all_run(node_software::mixed)) return;
  const bool stores = each.stores();
  each.protocols.store = stores && profile_.store;
  each.protocols.legacy_store = stores && profile_.legacy_store;
}

void schedule::announce(std::uint32_t place) {
  peer& shown = net_.peers[place];
  shown.announced = true;
  shown.left_at = at_.now;
  if (!node_) return;
  std::vector<std::string_view> names;
  for (std::uint32_t shard = 0; shard < shard_names.size(); ++shard) {
    if (!drawn_.peers_keep_quiet && has(shown.serves, shard)) names.push_back(shard_names[shard]);
  }
  note("peer appears", place, shown.protocols.lightpush, shown.protocols.filter, shown.protocols.store,
       shown.protocols.legacy_store);
  sink_.peer_appeared(static_cast<wr::peer_id>(place), shown.protocols, names);
}

void schedule::announce_relay() {
  if (!node_ || !tried_.facts.has.relay) return;
  for (std::uint32_t shard = 0; shard < drawn_.shards; ++shard) {
    sink_.relay_peers(shard_names[shard], relay_peers_[shard]);
  }
}

void schedule::foreign_message() {
  if (!settled_) later(up_to(2 * drawn_.foreign_gap) + (at_.healed ? 10s : 0s), happening::foreign_message);
  message body;
  const std::uint32_t shard = below(drawn_.shards);
  body.content_topic = topic_names[below(drawn_.topics)];
  const std::uint32_t number = ++payloads_;
  body.payload.resize(5);
  for (std::size_t at = 0; at < 4; ++at) body.payload[at] = static_cast<std::byte>(number >> (8 * at));
  body.payload[4] = std::byte{1};
  body.ephemeral = random_.chance(0.1);
  const duration skew = up_to(2 * drawn_.sender_skew) - drawn_.sender_skew;
  body.timestamp = (wall_start + at_.now + skew).time_since_epoch().count();
  const std::uint32_t place = net_.add(shard, body);
  note("foreign message", place, shard, net_.truths[place].topic);
  enter(place);
  if (net_.peers.empty()) return;
  const std::uint32_t by = below(drawn_.peers);
  if (at_fault(drawn_.faults.push_unasked)) {
    const std::uint32_t any = below(net_.truths.size());
    const truth& pushed = net_.truths[any];
    if (pushed.own == nothing && !has(at_.subscribed[pushed.shard], pushed.topic)) push(any, by);
  }
  if (at_fault(drawn_.faults.push_invented)) {
    body.payload[4] = std::byte{2};
    push(net_.add(shard, body), by);
  }
}

void schedule::make_healthy() {
  note("healthy");
  at_.healed = true;
  next_act_ = hook_act::none;
  if (!node_) node_returns();
  if (at_.stopped) return;
  for (std::uint32_t place = 0; place < net_.peers.size(); ++place) {
    peer& each = net_.peers[place];
    const bool stores = all_run(node_software::go_waku) ? each.protocols.legacy_store : each.protocols.store;
    const bool changes = place == 0 && (!each.protocols.lightpush || !each.protocols.filter || !stores ||
                                        each.serves != (bit(0) | bit(1)));
    if (place == 0) {
      each.protocols = {true, true, true, false};
      fit_software(each);
      each.serves = bit(0) | bit(1);
    }
    each.reachable = true;
    if (!each.announced || changes || random_.chance(0.5)) announce(place);
  }
  share_archives();
  if (wall_offset_ != duration::zero()) step_wall(-wall_offset_);
  come_online();
  if (at_.paused) pause(false);
  relay_peers_.fill(3);
  announce_relay();
}

// Stores synchronise: what one of them holds they all hold soon.
void schedule::share_archives() {
  bit_set stores = 0;
  for (std::uint32_t place = 0; place < net_.peers.size(); ++place) {
    if (net_.peers[place].stores()) stores |= bit(place);
  }
  for (truth& each : net_.truths) {
    if (each.stored != 0) each.stored |= stores;
  }
}

void schedule::act_in_hook() {
  switch (std::exchange(next_act_, hook_act::none)) {
    case hook_act::none: return;
    case hook_act::publish:
      if (tried_.facts.publishes()) publish();
      return;
    case hook_act::cancel: return cancel_some();
    case hook_act::unsubscribe: return unsubscribe(below(drawn_.shards), below(drawn_.topics));
    case hook_act::pause: return pause(true);
    case hook_act::restart: restart_wanted_ = true; [[fallthrough]];
    case hook_act::raise: throw hook_raised();
  }
}

void schedule::check_statuses() {
  for (const publication& each : judge_.publications) {
    const auto status = node_->status(static_cast<wr::request_id>(each.request));
    if (each.finished && status) judge_.violated("a status after the outcome");
  }
}

void schedule::received(wr::deliver<message>&& delivery) {
  const auto place = net_.find(delivery.hash);
  note("deliver", place.value_or(nothing), static_cast<int>(delivery.by));
  judge_.delivered(delivery);
  act_in_hook();
}
void schedule::finished(const wr::finished& end) {
  note("finished", static_cast<std::uint64_t>(end.request), end.outcome.index(),
       end.hash ? end.hash->word(0) : 0);
  if (const auto* how = std::get_if<wr::confirmed>(&end.outcome))
    note("confirmed", static_cast<int>(how->by), how->transmissions, how->latency.count());
  if (const auto* how = std::get_if<wr::unconfirmed>(&end.outcome))
    note("unconfirmed", static_cast<int>(how->why));
  if (const auto* how = std::get_if<wr::failed>(&end.outcome)) note("failed", static_cast<int>(how->why));
  judge_.finished(end);
  check_statuses();
  act_in_hook();
}
void schedule::propagated(const wr::propagated& first) {
  note("propagated", static_cast<std::uint64_t>(first.request), first.hash.word(0));
  judge_.propagated(first);
  act_in_hook();
}
void schedule::persist() { note("persist"); }

void schedule::hear(const wr::notice::peer_ejected& told) {
  note("ejected", static_cast<int>(told.of), number_of(told.peer));
  judge_.ejected(told);
}
void schedule::hear(const wr::notice::degraded& told) {
  note("degraded", static_cast<int>(told.of), told.have, told.want);
  judge_.degraded_told = true;
}
void schedule::hear(const wr::notice::lookup_given_up& told) {
  note("lookup given up", told.hash.word(0));
  if (const auto place = net_.find(told.hash)) net_.truths[*place].given_up = true;
}
void schedule::hear(const wr::notice::seen_evicted& /*told*/) { judge_.seen_evicted = true; }
void schedule::hear(const wr::notice::window_shortened& told) {
  note("window shortened", (told.start - told.wanted) / 1ms);
  judge_.window_shortened = true;
}
void schedule::hear(const wr::notice::window_recovered& told) {
  note("window recovered", (told.start - wall_start) / 1ms, (told.end - wall_start) / 1ms);
}
void schedule::hear(const wr::notice::stray_reply& told) { note("stray reply", told.operation.value()); }

}  // namespace generic::random_schedules

TEST_CASE("one seed is one schedule, and another seed is another") {
  using namespace generic;
  using namespace generic::random_schedules;
  const policy_case tried = case_of<standard_sets::minimal>("minimal");
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const auto digest = schedule(seed, tried).run().digest;
    CHECK(digest == schedule(seed, tried).run().digest);
    CHECK(digest != schedule(seed + 1, tried).run().digest);
  }
}
