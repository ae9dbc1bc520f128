// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/io_context.hpp>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include <host.hpp>
#include <network.hpp>
#include <service.hpp>

#include "../program/address.hpp"
#include "../program/console.hpp"
#include "../program/counts_signal.hpp"
#include "../program/end_signals.hpp"
#include "../program/naming.hpp"
#include "../program/peer_troubles.hpp"
#include "node.hpp"
#include "settings.hpp"

namespace live_service_node {

namespace lp = live_program;
namespace wl = waku_live;

/// A node on a host, which tells where it listens, who comes and goes, and at its end what it has stored. Throws
/// std::runtime_error with a sentence where it cannot listen, or cannot open its store.
class program : private wl::peer_watcher {
 public:
  program(asio::io_context& context, const settings& chosen)
      : context_(&context),
        console_(chosen.json),
        troubles_(console_, chosen.cluster, chosen.shards),
        node_(chosen, profile_of(chosen)),
        host_(context.get_executor(), host_options_of(chosen)),
        network_(host_, network_options_of(chosen)),
        service_(network_, node_, profile_of(chosen)),
        signals_(context.get_executor(), [this] { context_->stop(); }),
        counts_signal_(context.get_executor(), console_, host_, [this] { return counts(); }) {
    if (!node_.store.archive().is_open())
      throw std::runtime_error("--store: " +
                               why_not_open(chosen.store_file, node_.store.archive().failure()));
    lp::refuse_own_id(chosen.peers, host_.peer());
    node_.forward = [this](std::string_view topic, const wr::message& m) {
      return service_.forward(topic, m);
    };
    network_.watch(*this);
    network_.start();
    tell_start();
  }
  program(const program&) = delete;
  program& operator=(const program&) = delete;
  ~program() { network_.unwatch(*this); }

  /// Runs until a signal. The exit code.
  int run() {
    context_->run();
    const lp::intake_counts& counts = node_.counts();
    const std::size_t held = node_.store.archive().size();
    console_.tell({{"event", "summary"},
                   {"stored", counts.stored},
                   {"not_stored", counts.not_stored},
                   {"failed", counts.failed},
                   {"held", held}},
                  "stored " + std::to_string(counts.stored) + " messages, and holds " + std::to_string(held));
    return console_.exit_code(code_);
  }

 private:
  static std::string why_not_open(const std::string& file, const wr::sqlite::failure_report& failure) {
    const auto folder = std::filesystem::path(file).parent_path();
    std::error_code unknown;
    if (std::filesystem::is_directory(file, unknown)) return file + " is a folder: give a file in it";
    if (!folder.empty() && !std::filesystem::is_directory(folder, unknown))
      return "there is no folder " + folder.string() + " for the store: make it first";
    if (failure.error == ws::archive_error::busy)
      return "another process has the store " + file + " open: end that, or give another file";
    if (failure.error == ws::archive_error::damaged)
      return file + " is no store of this program, or is damaged: give another file, which is made";
    return "the store " + file + " cannot be opened (" + failure.message +
           "): check that you may read and write it and its folder";
  }
  static wl::host_options host_options_of(const settings& chosen) {
    wl::host_options made;
    made.listen = chosen.listen;
    made.announce = chosen.announce;
    made.key_file = chosen.key_file;
    made.relay = true;
    return made;
  }
  static wl::network_options network_options_of(const settings& chosen) {
    wl::network_options made;
    made.cluster = chosen.cluster;
    made.shards = chosen.shards;
    made.peers = chosen.peers;
    return made;
  }

  void tell_start() {
    std::string sentence = "listens at";
    for (const std::string& each : host_.addresses()) sentence += ' ' + each;
    console_.tell({{"event", "started"},
                   {"peer", host_.peer()},
                   {"addresses", host_.addresses()},
                   {"held", node_.store.archive().size()}},
                  sentence);
  }
  lp::json counts() const {
    return {{"held", node_.store.archive().size()},
            {"subscribers", node_.filter.subscriptions().size()},
            {"waiting_pushes", node_.filter.waiting_bodies()}};
  }
  void appeared(const wl::network_peer& peer) override {
    troubles_.appeared(peer);
    console_.note(
        {{"event", "notice"}, {"notice", "peer_appeared"}, {"peer", peer.id}, {"agent", peer.agent}},
        "peer " + lp::brief(peer.id) + " is there: " + peer.agent);
  }
  void left(const wl::network_peer& peer) override {
    console_.note({{"event", "notice"}, {"notice", "peer_left"}, {"peer", peer.id}},
                  "peer " + lp::brief(peer.id) + " is gone");
  }
  void trouble(const wl::peer_notice& notice) override {
    troubles_.tell(notice);
    if (notice.trouble != wl::peer_trouble::bad_address) return;
    code_ = 2;
    context_->stop();
  }

  asio::io_context* context_;
  lp::console console_;
  lp::peer_troubles troubles_;
  node node_;
  wl::host host_;
  wl::network network_;
  wl::libp2p_service<node> service_;
  lp::end_signals signals_;
  lp::counts_signal counts_signal_;
  int code_ = EXIT_SUCCESS;
};

}  // namespace live_service_node
