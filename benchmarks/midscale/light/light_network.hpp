// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/core/random.hpp>

#include <midscale/light/engine_node.hpp>
#include <midscale/light/light_record.hpp>
#include <midscale/light/service_load.hpp>
#include <midscale/light/store_clients.hpp>
#include <midscale/network/absences.hpp>
#include <midscale/network/ledger.hpp>
#include <midscale/network/relay.hpp>
#include <midscale/results/extra_bytes.hpp>
#include <midscale/scenario/parameter_values.hpp>
#include <midscale/scenario/parameters.hpp>

namespace midscale {

/// The part of a run that holds the service nodes, which are the first relay nodes, and whoever uses them: light nodes,
/// with numbers after the relay nodes, relays that carry an engine, and clients of stores. All that is published in the
/// run is published here. Time is that since the start of the run.
///
/// Who drives it and the relay network asks both for the time of what they do next, and lets both do all of that
/// moment, the relay network first.
class light_network final : engine_listener {
 public:
  /// The relay network and its ledger outlive it. Throws std::invalid_argument, with a sentence, where lights have no
  /// services, or relays with engines are beside lights.
  light_network(const parameters& of, relay_network& relay, ledger& book, std::uint64_t seed)
      : of_(checked(of)),
        relay_(&relay),
        book_(&book),
        random_(seed),
        network_(clock_, network_options_of(of, relay, random_.next())),
        record_(book, network_.ledger()),
        load_(network_, book),
        store_clients_(network_, name_shards(), random_.next()) {
    network_.fleet().relay().on_publication = [this](const wt::message_facts& facts, std::uint32_t number) {
      const std::uint32_t message = network_.body(*network_.ledger().find(facts.hash)).publication;
      record_.relayed(message, number);
      return record_.published(message).node;
    };
    fill_stores();
    if (of.lights > 0) add_lights();
    if (of.relay_engines > 0) add_relay_engines();
    if (of.query_rate > 0) add_store_clients();
    clock_.schedule_at(clock_.start() + book.begin(), [this] { note_bytes_before(); });
  }
  light_network(const light_network&) = delete;
  light_network& operator=(const light_network&) = delete;

  /// When the next thing happens.
  [[nodiscard]] wr::duration next_event() {
    const auto next = clock_.next();
    return next ? *next - clock_.start() : wr::duration::max();
  }
  /// All that happens before a time, which is now then.
  void run_until(wr::duration end) { clock_.run_before(clock_.start() + end); }
  [[nodiscard]] wr::duration now() const noexcept { return clock_.elapsed(); }

  /// A node hands a message to its engine, or publishes it by itself where it has none. False where nobody is there: a
  /// relay node that is away, or a device that sleeps.
  bool publish(const publication& what) {
    engine* const own = engine_of(what.node);
    if (own != nullptr ? own->asleep : !relay_->online(what.node)) return false;
    assert(what.node < relay_->nodes().size() + of_.lights && what.shard < relay_->nodes().shards());
    publication made = what;
    made.at = now();
    shared_message message{record_.publish(made), what.bytes, 0};
    const std::string_view topic = network_.topics().name(what.shard);
    if (own == nullptr) {
      message.timestamp = clock_.wall().time_since_epoch().count();
      network_.publish_from(what.node, topic, message);
      return true;
    }
    if (const auto request = own->node->publish(topic, message))
      record_.requested(place_of(*own), message.publication, *request);
    return true;
  }

  /// A light node, a relay with an engine or a service goes or comes back at a time. The relay network is told of relay
  /// nodes by the caller, ahead of time. A light node that goes knows that it is offline, or sleeps.
  void set_online(std::uint32_t node, bool online, wr::duration at) {
    clock_.schedule_at(clock_.start() + at, [this, node, online] {
      if (node < of_.services) return network_.set_node_online(node, online);
      if (engine* const own = engine_of(node)) set_online(*own, online);
    });
  }
  /// A light node finds a service node. Where lights know all services from the start there is nothing to find.
  void introduce(std::uint32_t node, std::uint32_t service) {
    network_.introduce(engine_of(node)->node->client(), service);
  }

  /// Enters what the nodes missed and recovered, and figures of services. When all is over.
  void report(measurements& into) {
    into.light = record_.judge();
    for (const engine& each : engines_)
      into.light[each.row].bytes += network_.traffic_of(each.node->client()).bytes() - each.bytes_before;
    for (std::size_t row = 0; row < into.light.size(); ++row) tell_of_row(into, row);
    tell_of_latency(into, "push", "from handing a message over until a node took it",
                    record_.push_latencies_us());
    load_.report(into);
    tell_of_queries(into);
  }

  [[nodiscard]] const service_network& services() const noexcept { return network_; }

 private:
  struct engine {
    std::unique_ptr<engine_node> node;
    std::size_t row;
    bool sleeps = false;  // while it is away
    bool asleep = false;
    std::uint64_t bytes_before = 0;  // until the measured time
  };

  static const parameters& checked(const parameters& of) {
    if (of.services == 0)
      throw std::invalid_argument("services: there is none, and somebody wants to use one");
    if (of.lights > 0 && of.relay_engines > 0)
      throw std::invalid_argument(
          "relay_engines: it is above 0, and there are lights; their rows cannot be told apart");
    return of;
  }
  static service_network::options_type network_options_of(const parameters& of, relay_network& relay,
                                                          std::uint64_t seed) {
    service_network::options_type made;
    made.seed = seed;
    made.relay = {&relay, of.services};
    made.services.clear();
    for (std::uint32_t node = 0; node < of.services; ++node) {
      wt::service_profile& profile = made.services.emplace_back(wt::nwaku_profile());
      for (const std::uint32_t member : relay.nodes().at(node).members)
        profile.pubsub_topics.push_back(name_of_shard(relay.nodes().members()[member].shard));
    }
    made.link = {};  // distances are set for each link
    made.link_loss = of.link_loss;
    made.clients_know_all = of.lights == 0 || of.peer_exchange_share == 0;
    return made;
  }
  static std::string name_of_shard(std::uint32_t shard) {
    return "/waku/2/rs/" + std::to_string(relay_options{}.cluster) + "/" + std::to_string(shard);
  }
  // A shard's number is that of its name. Gives the first.
  std::string_view name_shards() {
    for (std::uint32_t shard = 0; shard < relay_->nodes().shards(); ++shard) {
      [[maybe_unused]] const std::uint32_t number = network_.topics().number(name_of_shard(shard));
      assert(number == shard);
    }
    return network_.topics().name(0);
  }

  // What stores hold at the start came at the rate of the run before it, on the first shard.
  void fill_stores() {
    const double apart_ns = 1e9 / (of_.rate > 0 ? of_.rate : 1);
    for (std::uint32_t each = 0; each < of_.archive; ++each) {
      const wr::duration before(static_cast<wr::duration::rep>((of_.archive - each) * apart_ns));
      const std::int64_t at = (clock_.wall() - before).time_since_epoch().count();
      const wt::message_index message =
          network_.intern(network_.topics().name(0), {light_record::archived + each, of_.size, at});
      for (std::uint32_t store = 0; store < of_.services; ++store)
        network_.fleet().fill_store(store, message);
    }
  }
  void add_lights() {
    const std::uint32_t first = relay_->nodes().size();
    const std::vector<const strategy*> chosen = strategies_of(of_.strategy);
    for (const strategy* const each : chosen) record_.add_row(each->name);
    for (std::uint32_t light = 0; light < of_.lights; ++light) {
      add_engine(first + light, light % chosen.size(), *chosen[light % chosen.size()], false);
      engines_.back().sleeps = random_.chance(of_.asleep_share);
      plan_links(engines_.back().node->client());
    }
    first_engine_ = first;
  }
  // Relays carry engines from the first one on, as clients have the numbers of the relay nodes after the services.
  void add_relay_engines() {
    const auto strategies = relay_strategies();
    for (const strategy& each : strategies) record_.add_row(each.name);
    const auto count = static_cast<std::uint32_t>(of_.relay_engines * of_.relays + 0.5);
    for (std::uint32_t relay = 0; relay < count; ++relay)
      add_engine(of_.services + relay, relay % strategies.size(), strategies[relay % strategies.size()],
                 true);
    first_engine_ = of_.services;
  }
  static std::vector<const strategy*> strategies_of(std::string_view name) {
    std::vector<const strategy*> found;
    for (const std::string_view wanted : parameter_values::words_of(find_parameter("strategy").choices))
      for (const auto part : {publishing_strategies(), receiving_strategies()})
        for (const strategy& each : part)
          if (each.name == wanted && (name == wanted || name == "all")) found.push_back(&each);
    assert(!found.empty());
    return found;
  }
  void add_engine(std::uint32_t node, std::size_t row, const strategy& with, bool relays) {
    const auto place = static_cast<std::uint32_t>(engines_.size());
    engines_.push_back({with.make(network_, place, random_.next(), *this), row});
    const engine_node& made = *engines_.back().node;
    record_.add_node(node, shard_of(of_, node), row, relays);
    place_client(made.client());
    engines_.back().node->subscribe(network_.topics().name(shard_of(of_, node)));
  }
  void add_store_clients() {
    // They differ by where they are alone: a hundred are everywhere.
    constexpr std::uint32_t clients = 100;
    for (std::uint32_t each = 0; each < clients; ++each) {
      const std::uint32_t client = store_clients_.add();
      place_client(client);
      if (!network_.make().clients_know_all)
        for (std::uint32_t node = 0; node < of_.services; ++node) network_.introduce(client, node);
    }
    store_clients_.plan(book_->begin(), book_->end(), of_.query_rate, duration_of_s(of_.query_span));
  }
  // A client stands where some relay node does.
  void place_client(std::uint32_t client) {
    const auto where = static_cast<std::uint32_t>(random_.below(relay_->nodes().size()));
    for (std::uint32_t node = 0; node < of_.services; ++node)
      network_.set_distance(client, node, relay_->draw_latency(where, node));
  }
  // A link that is down when the measured time ends comes up then.
  void plan_links(std::uint32_t client) {
    for (std::uint32_t node = 0; node < of_.services; ++node)
      for (const absence& each :
           absences_of(of_.link_churn, duration_of_s(of_.online_s), book_->end(), random_)) {
        const auto set = [this, client, node](bool up) {
          return [this, client, node, up] { network_.set_link(client, node, up); };
        };
        clock_.schedule_at(clock_.start() + each.from, set(false));
        clock_.schedule_at(clock_.start() + std::min(each.until, book_->end()), set(true));
      }
  }

  [[nodiscard]] engine* engine_of(std::uint32_t node) {
    if (node < first_engine_ || node - first_engine_ >= engines_.size()) return nullptr;
    return &engines_[node - first_engine_];
  }
  [[nodiscard]] std::size_t place_of(const engine& of) const {
    return static_cast<std::size_t>(&of - engines_.data());
  }
  void set_online(engine& own, bool online) {
    if (own.sleeps && !online) own.node->sleep(own.asleep = true);
    network_.set_client_online(own.node->client(), online, !own.sleeps);
    if (own.sleeps && online) own.node->sleep(own.asleep = false);
  }
  void note_bytes_before() {
    for (engine& each : engines_) each.bytes_before = network_.traffic_of(each.node->client()).bytes();
  }

  void received(std::uint32_t place, const wr::deliver<shared_message>& delivery) override {
    record_.received(place, delivery.message.publication, delivery.by, now());
  }
  void propagated(std::uint32_t place, const wr::propagated& first) override {
    record_.propagated(place, first.request, now());
  }
  void finished(std::uint32_t place, const wr::finished& end) override { record_.finished(place, end); }

  void tell_of_row(measurements& into, std::size_t row) const {
    const light_row& own = into.light[row];
    if (own.published > 0)
      into.told.push_back({"lost_publications_" + own.strategy, static_cast<double>(record_.lost()[row]),
                           "messages", "that its nodes published and that came to no relay node"});
    const auto extra = extra_bytes(into.light, own);
    if (extra && own.strategy != no_strategy && own.recovered > 0)
      into.told.push_back({"bytes_per_recovered_" + own.strategy,
                           rounded(static_cast<double>(*extra) / static_cast<double>(own.recovered)), "bytes",
                           "beyond those of nodes without a strategy, for a message that a store brought"});
  }
  static void tell_of_latency(measurements& into, const std::string& name, const std::string& meaning,
                              const std::vector<std::uint32_t>& sorted_us) {
    if (sorted_us.empty()) return;
    for (const unsigned part : {50U, 99U})
      into.told.push_back(
          {name + "_p" + std::to_string(part), rounded(quantile(sorted_us, part, 100) / 1e3), "ms", meaning});
  }
  void tell_of_queries(measurements& into) const {
    store_clients::results told = store_clients_.told();
    if (told.queries == 0) return;
    std::sort(told.query_us.begin(), told.query_us.end());
    std::sort(told.page_us.begin(), told.page_us.end());
    tell_of_latency(into, "query", "from asking a store to the last page", told.query_us);
    tell_of_latency(into, "page", "from asking a store for a page to its entries", told.page_us);
    into.told.push_back({"queries", static_cast<double>(told.queries), "queries", "of clients of stores"});
    into.told.push_back({"queries_unanswered", static_cast<double>(told.queries - told.query_us.size()),
                         "queries", "that did not come to their last page"});
    into.told.push_back({"entries_per_query",
                         rounded(static_cast<double>(told.entries) / static_cast<double>(told.queries)),
                         "messages", "that clients of stores were given"});
  }

  parameters of_;
  relay_network* relay_;
  ledger* book_;
  wr::random_source random_;
  wt::virtual_clock clock_;
  service_network network_;
  light_record record_;
  service_load load_;
  store_clients store_clients_;
  std::vector<engine> engines_;
  std::uint32_t first_engine_ = 0;  // the node of engines_[0]; the others follow
};

}  // namespace midscale
