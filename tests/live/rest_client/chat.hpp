// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/strand.hpp>

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include <waku/reliability/adapter/rest.hpp>

#include <light_client/conversation.hpp>
#include <light_client/settings.hpp>
#include <light_client/topics.hpp>

namespace live_rest_client {

namespace light = live_light_client;
namespace lp = live_program;
namespace wr = waku::reliability;

/// What the command line asks for. The peers are URLs.
struct settings : light::settings {
  std::vector<std::string> stores;
  bool send_only = false;  ///< others' messages are not asked for
};

/// A conversation over go-waku's REST interface. Throws std::invalid_argument with a sentence.
template <class Policies>
class chat {
 public:
  chat(asio::io_context& context, const settings& chosen)
      : strand_(context.get_executor()),
        console_(chosen.json),
        topics_(topics_of(chosen)),
        nodes_(strand_, numbers()),
        narration_(
            console_,
            [peers = chosen.peers](wr::peer_id peer) { return peers[static_cast<std::size_t>(peer)]; },
            chosen.verbose),
        conversation_(context, strand_, console_, topics_, narration_, nodes_) {
    for (std::size_t each = 0; each < chosen.peers.size(); ++each) {
      if (!nodes_.add_node({chosen.peers[each], chosen.stores[each % chosen.stores.size()]}))
        throw std::invalid_argument("--peer " + chosen.peers[each] +
                                    ": it is no URL of a node, such as http://127.0.0.1:8645");
    }
    asio::post(strand_, [this] { start(); });
  }
  chat(const chat&) = delete;
  chat& operator=(const chat&) = delete;
  ~chat() = default;

  int run() { return conversation_.run(); }

 private:
  static light::topics topics_of(const settings& chosen) {
    light::topics made = light::topics_of(chosen);
    if (chosen.send_only) made.received.clear();
    return made;
  }
  // A test has no half minute to see that a node is gone, or back.
  static wr::rest_options numbers() {
    wr::rest_options made;
    made.health_interval = std::chrono::seconds(5);
    made.return_wait_max = std::chrono::seconds(5);
    made.read_interval_max = std::chrono::seconds(1);
    return made;
  }
  void start() {
    console_.note({{"event", "started"},
                   {"pubsub_topic", topics_.pubsub_topic},
                   {"content_topic", topics_.content_topic}},
                  "publishes to " + topics_.content_topic + " on " + topics_.pubsub_topic);
    conversation_.start();
  }

  asio::strand<asio::any_io_executor> strand_;
  lp::console console_;
  light::topics topics_;
  wr::rest_transport<wr::rest::go_waku> nodes_;
  light::narration narration_;
  light::conversation<Policies, wr::rest_transport<wr::rest::go_waku>> conversation_;
};

}  // namespace live_rest_client
