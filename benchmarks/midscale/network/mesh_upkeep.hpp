// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/random.hpp>

#include <midscale/network/draw.hpp>
#include <midscale/network/gossip_options.hpp>
#include <midscale/network/member.hpp>

namespace midscale {

/// What a member does for its mesh at each heartbeat (GossipSub v1.0 and v1.1, "mesh maintenance"; the order of steps
/// is that of go-libp2p-pubsub's heartbeat). Graft and Prune are called with the place in `near` of each neighbour that
/// was taken in or out, right after it was.
template <class Graft, class Prune>
class mesh_upkeep {
 public:
  mesh_upkeep(member& own, const gossip_options& options, wr::random_source& random, wr::duration now,
              std::vector<std::uint32_t>& scratch, Graft graft, Prune prune)
      : own_(own),
        options_(options),
        random_(random),
        now_(now),
        chosen_(scratch),
        graft_(graft),
        prune_(prune) {}

  void run(std::uint64_t heartbeat) {
    if (options_.scores_peers) drop_bad();
    if (own_.mesh < options_.degree_low) take_in(options_.degree - own_.mesh, false);
    if (own_.mesh > options_.degree_high || (options_.prunes_at_high && own_.mesh == options_.degree_high))
      shrink();
    if (own_.mesh >= options_.degree_low) {
      const std::uint32_t dialled = dialled_in(own_.mesh);
      if (dialled < options_.degree_out) take_in(options_.degree_out - dialled, true);
    }
    if (options_.scores_peers && heartbeat % options_.score.opportunistic_heartbeats == 0 && own_.mesh > 1)
      improve();
  }

 private:
  [[nodiscard]] double score(std::uint32_t place) const {
    return options_.scores_peers ? own_.records[place].score(options_.score, now_) : 0;
  }
  [[nodiscard]] std::uint32_t dialled_in(std::uint32_t places) const {
    std::uint32_t count = 0;
    for (std::uint32_t place = 0; place < places; ++place) count += own_.near[place].dialled;
    return count;
  }
  void drop(std::uint32_t place) { prune_(own_.prune(place)); }

  void drop_bad() {
    for (std::uint32_t place = own_.mesh; place-- > 0;)
      if (score(place) < 0) drop(place);
  }

  // Grafts so many at random of those that may be, or all of them.
  void take_in(std::uint32_t count, bool dialled_only) {
    choose([&](std::uint32_t place) {
      return score(place) >= 0 && (!dialled_only || own_.near[place].dialled);
    });
    graft_chosen(count);
  }
  template <class Fit>
  void choose(Fit fit) {
    const auto now = static_cast<std::uint32_t>(now_ / std::chrono::milliseconds(1));
    chosen_.clear();
    for (auto place = own_.mesh; place < own_.near.size(); ++place)
      if (own_.near[place].no_graft_until <= now && fit(place)) chosen_.push_back(own_.near[place].member);
  }
  void graft_chosen(std::uint32_t count) {
    for (; count > 0 && !chosen_.empty(); --count) {
      const auto pick = draw_below(random_, static_cast<std::uint32_t>(chosen_.size()));
      graft_(own_.graft(own_.find(chosen_[pick]), now_));
      chosen_[pick] = chosen_.back();
      chosen_.pop_back();
    }
  }

  // Keeps D: the best D_score by score and others at random, D_out of them dialled where there are so many.
  void shrink() {
    shuffle(0);
    if (options_.scores_peers) {
      sort_by_score();
      shuffle(std::min(options_.degree_score, own_.mesh));
    }
    std::uint32_t dialled = dialled_in(options_.degree);
    std::uint32_t stays = options_.degree;
    for (std::uint32_t place = options_.degree; place < own_.mesh && dialled < options_.degree_out; ++place) {
      if (!own_.near[place].dialled) continue;
      while (own_.near[--stays].dialled) {
      }
      own_.exchange(place, stays);
      ++dialled;
    }
    while (own_.mesh > options_.degree) drop(own_.mesh - 1);
  }
  void shuffle(std::uint32_t first) {
    for (std::uint32_t place = own_.mesh; place > first + 1; --place)
      own_.exchange(place - 1, first + draw_below(random_, place - first));
  }
  // The best first. A mesh is small.
  void sort_by_score() {
    for (std::uint32_t at = 1; at < own_.mesh; ++at)
      for (std::uint32_t place = at; place > 0 && score(place - 1) < score(place); --place)
        own_.exchange(place - 1, place);
  }

  // A mesh of middling peers takes in some that score above its median.
  void improve() {
    std::vector<double> scores;
    for (std::uint32_t place = 0; place < own_.mesh; ++place) scores.push_back(score(place));
    std::sort(scores.begin(), scores.end());
    const double median = scores[scores.size() / 2];
    if (median >= options_.score.opportunistic_threshold) return;
    choose([&](std::uint32_t place) { return score(place) > median; });
    graft_chosen(options_.score.opportunistic_peers);
  }

  member& own_;
  const gossip_options& options_;
  wr::random_source& random_;
  wr::duration now_;
  std::vector<std::uint32_t>& chosen_;  // members that may be grafted
  Graft graft_;
  Prune prune_;
};

}  // namespace midscale
