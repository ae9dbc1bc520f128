// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <light_client/conversation.hpp>

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include <waku/reliability/testing/mock_transport.hpp>
#include <waku/reliability/testing/virtual_clock.hpp>

#include <live/bench.hpp>

namespace live_conversation_tests {

namespace light = live_light_client;
using namespace live_bench;

namespace {

/// The standard input is a pipe on which nothing comes, and the standard output a text.
class quiet_terminal {
 public:
  quiet_terminal() : input_(::dup(STDIN_FILENO)), output_(std::cout.rdbuf(text_.rdbuf())) {
    REQUIRE(::pipe(ends_.data()) == 0);
    REQUIRE(::dup2(ends_[0], STDIN_FILENO) == STDIN_FILENO);
  }
  quiet_terminal(const quiet_terminal&) = delete;
  quiet_terminal& operator=(const quiet_terminal&) = delete;
  ~quiet_terminal() {
    std::cout.rdbuf(output_);
    if (input_ >= 0) ::dup2(input_, STDIN_FILENO);
    for (const int each : {input_, ends_[0], ends_[1]}) ::close(each);
  }
  [[nodiscard]] std::string text() const { return text_.str(); }

 private:
  std::array<int, 2> ends_{};
  int input_;
  std::ostringstream text_;
  std::streambuf* output_;
};

/// What a client shows of so many messages that come at once.
struct shown {
  explicit shown(std::size_t messages) {
    quiet_terminal terminal;
    asio::io_context context;
    const asio::strand<asio::any_io_executor> strand(context.get_executor());
    live_program::console console(true);
    light::topics topics;
    topics.pubsub_topic = shard;
    topics.content_topic = content_topic;
    topics.received[topics.pubsub_topic] = {topics.content_topic};
    light::narration narration(
        console, [](wr::peer_id) { return std::string("a peer"); }, false);
    wr::testing::virtual_clock clock;
    wr::testing::mock_transport<> transport(clock);
    light::conversation<light::relay_policies, wr::testing::mock_transport<>> conversation(
        context, strand, console, topics, narration, transport);
    asio::post(strand, [&] {
      conversation.start();
      for (std::size_t each = 0; each < messages; ++each) {
        wr::message m = message_of(8);
        m.timestamp += static_cast<std::int64_t>(each);
        transport.sink().relay_message(shard, std::move(m));
      }
    });
    run_context(context, [&] {
      context.restart();
      context.poll();
      take(terminal.text());
      return received.size() + lost == messages;
    });
  }
  void take(const std::string& text) {
    received.clear();
    lost = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const auto event = nlohmann::json::parse(line);
      if (event.at("event") == "received") received.insert(event.at("hash").get<std::string>());
      if (event.value("notice", "") == "lost") lost += event.at("messages").get<std::size_t>();
    }
  }

  std::set<std::string> received;
  std::size_t lost = 0;
};

}  // namespace

TEST_CASE("messages that come at once are all shown, or it is told how many are lost") {
  const shown some(1'200);
  CHECK(some.received.size() == 1'200);
  CHECK(some.lost == 0);
  const shown many(3'000);
  CHECK(many.received.size() > 1'200);
  CHECK(many.lost > 0);
  CHECK(many.received.size() + many.lost == 3'000);
}

}  // namespace live_conversation_tests
