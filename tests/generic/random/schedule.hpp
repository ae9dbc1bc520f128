// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <generic/random/judge.hpp>
#include <waku/reliability/service/request_meter.hpp>

namespace generic::random_schedules {

/// What one schedule came to.
struct verdict {
  std::vector<std::string> violations;
  std::uint64_t digest = 0;  ///< over all that the node did, in order
  std::size_t requests = 0;
  std::size_t publications = 0;
  std::size_t confirmed = 0;
  std::size_t deliveries = 0;
  std::size_t restarts = 0;
};

/// One node in a small world: a few service nodes, others who publish, an application, two clocks. First
/// everything goes wrong that was drawn, then the network is healthy and must come to rest.
class schedule final : public surroundings {
 public:
  schedule(std::uint64_t seed, const policy_case& tried,
           wr::testing::node_software nodes = wr::testing::node_software::mixed);

  [[nodiscard]] verdict run();

  // The node's transport and host.

  void attach(wr::event_sink<message> sink) override;
  void cancel(wr::operation_id operation) override;
  void disconnect(wr::peer_id peer) override;
  void relay_join(std::string_view shard) override;
  void relay_leave(std::string_view shard) override;
  void start(const wr::relay_request<message>& asked,
             wr::reply_handle<message, wr::relay_reply> reply) override;
  void start(const wr::lightpush_request<message>& asked,
             wr::reply_handle<message, wr::lightpush_reply> reply) override;
  void start(const wr::filter_subscribe_request& asked,
             wr::reply_handle<message, wr::filter_reply> reply) override;
  void start(const wr::filter_unsubscribe_request& asked,
             wr::reply_handle<message, wr::filter_reply> reply) override;
  void start(const wr::filter_ping_request& asked,
             wr::reply_handle<message, wr::filter_reply> reply) override;
  void start(const wr::store_request& asked,
             wr::reply_handle<message, wr::store_reply<message>> reply) override;
  [[nodiscard]] wr::instant now() const override;
  void wake_at(wr::steady_time at) override;
  void received(wr::deliver<message>&& delivery) override;
  void finished(const wr::finished& end) override;
  void propagated(const wr::propagated& first) override;
  void persist() override;
  void hear(const wr::notice::peer_ejected& told) override;
  void hear(const wr::notice::degraded& told) override;
  void hear(const wr::notice::lookup_given_up& told) override;
  void hear(const wr::notice::seen_evicted& told) override;
  void hear(const wr::notice::window_shortened& told) override;
  void hear(const wr::notice::window_recovered& told) override;
  void hear(const wr::notice::stray_reply& told) override;

 private:
  enum class happening : std::uint8_t {
    request_arrives,  ///< subject: operation
    reply_arrives,    ///< subject: operation
    archived,         ///< subject: truth, detail: store
    push_arrives,     ///< subject: truth, detail: filter node
    relay_arrives,    ///< subject: truth
    foreign_message,
    drawn_event,
    back_online,
    resumed,
    node_returns,
    stray_wake,
    made_healthy,
    settled,
  };
  struct event {
    duration at{};
    std::uint64_t order = 0;
    happening what{};
    std::uint32_t subject = 0;
    std::uint32_t detail = 0;
  };
  enum class hook_act : std::uint8_t { none, publish, cancel, unsubscribe, pause, raise, restart };

  // Time.
  void later(duration wait, happening what, std::uint32_t subject = 0, std::uint32_t detail = 0);
  void run_until(duration end);
  void happen(const event& what);
  void wake_node();
  [[nodiscard]] bool at_fault(double rate) { return !at_.healed && rate > 0.0 && random_.chance(rate); }
  [[nodiscard]] std::uint32_t below(std::size_t bound) {
    return static_cast<std::uint32_t>(random_.below(bound));
  }
  [[nodiscard]] duration up_to(duration longest);
  [[nodiscard]] duration latency();

  // The network.
  template <class Handle>
  void begin(operation&& begun, Handle handle);
  void arrive(std::uint32_t place);
  void serve(std::uint32_t place);
  [[nodiscard]] any_reply error_of(wr::operation_kind kind);
  [[nodiscard]] wr::lightpush_reply serve_push(operation& asked);
  [[nodiscard]] any_reply serve_relay(operation& asked);
  [[nodiscard]] any_reply serve_filter(operation& asked);
  [[nodiscard]] any_reply serve_store(operation& asked);
  void list_by_hash(const operation& asked, wr::store_reply<message>& reply);
  void list_content(const operation& asked, wr::store_reply<message>& reply);
  void answer(std::uint32_t place, any_reply with, duration wait);
  void hand_over(std::uint32_t place);
  void enter(std::uint32_t truth);
  void push(std::uint32_t truth, std::uint32_t by);
  void fit_software(peer& each) const;
  void announce(std::uint32_t place);
  void announce_relay();
  void make_healthy();
  void share_archives();

  // Application and world.
  void draw_event();
  void publish();
  void subscribe(std::uint32_t shard, std::uint32_t topic);
  void unsubscribe(std::uint32_t shard, std::uint32_t topic);
  void cancel_some();
  void pause(bool on);
  void go_offline();
  void come_online();
  void step_wall(duration by);
  void restart();
  void node_returns();
  void change_peer();
  void foreign_message();
  void act_in_hook();
  void check_statuses();

  /// Everything that the node does, or that is done to it, goes into the digest in order.
  template <class... Words>
  void note(const char* what, Words... words) {
    write_down(what, {static_cast<std::int64_t>(words)...});
  }
  void write_down(const char* what, std::initializer_list<std::int64_t> words);

  [[nodiscard]] bool all_run(wr::testing::node_software software) const { return drawn_.nodes == software; }
  [[nodiscard]] bool over_rate(wr::services::request_meter& meter, std::uint32_t peer,
                               const wr::services::request_rate& rate);

  draws drawn_;
  const policy_case& tried_;
  wr::random_source random_;
  bool traced_ = false;

  network net_;
  situation at_;
  judge judge_{drawn_, tried_.facts, net_, at_};

  wr::testing::service_profile profile_;  ///< of all peers, where they run the same
  wr::services::request_meter pushes_met_;
  wr::services::request_meter filter_requests_met_;

  std::vector<event> queue_;
  std::uint64_t order_ = 0;
  std::optional<duration> wake_due_;
  duration steady_shift_{};
  duration wall_offset_{};
  duration kept_wall_offset_{};  ///< when the snapshot was taken
  std::size_t wakes_ = 0;

  wr::event_sink<message> sink_;
  std::unique_ptr<driven_node> node_;
  std::unique_ptr<wr::snapshot<message>> kept_;
  wr::options numbers_;
  bool online_ = true;
  bool settled_ = false;
  std::array<bool, shard_names.size()> joined_{};
  std::array<std::uint32_t, shard_names.size()> relay_peers_{};
  hook_act next_act_ = hook_act::none;
  bool restart_wanted_ = false;
  std::uint32_t payloads_ = 0;
  std::uint64_t digest_ = 0x9e3779b97f4a7c15U;
};

}  // namespace generic::random_schedules
