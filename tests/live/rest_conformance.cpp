// SPDX-License-Identifier: Apache-2.0 OR MIT
// The transport over REST against go-waku itself. Each of the kit's peers is a go-waku node, which passes what it is
// asked to a service peer behind it, on libp2p; there the kit answers.
#include <waku/reliability/testing/conformance.hpp>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/adapter/rest.hpp>

#include <adapter/rest/quick_numbers.hpp>
#include <live/bench.hpp>
#include <live/kit_peers.hpp>
#include <testing/real_time.hpp>

extern char** environ;

namespace live_rest_conformance_tests {

using namespace live_bench;
namespace rest = wr::rest;
using json = nlohmann::json;

namespace {

/// The driver of tests/live/peers/go, which ends with its input. What it says later is of no interest.
class go_waku_process {
 public:
  explicit go_waku_process(std::uint16_t rest_port) {
    const char* program = std::getenv("WAKU_LIVE_GO_WAKU");
    REQUIRE_MESSAGE(program != nullptr, "WAKU_LIVE_GO_WAKU is the path of the driver");
    const std::string settings =
        json{{"cluster", 1}, {"shards", {0, 1}}, {"serve", {"relay"}}, {"rest", rest_port}}.dump();
    int input[2];
    int output[2];
    REQUIRE(::pipe2(input, O_CLOEXEC) == 0);
    REQUIRE(::pipe2(output, O_CLOEXEC) == 0);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, input[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, output[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    std::string name(program);
    std::string argument(settings);
    char* const words[] = {name.data(), argument.data(), nullptr};
    REQUIRE(::posix_spawn(&process_, program, &files, nullptr, words, environ) == 0);
    posix_spawn_file_actions_destroy(&files);
    ::close(input[0]);
    ::close(output[1]);
    input_ = input[1];
    output_ = ::fdopen(output[0], "r");
  }
  go_waku_process(const go_waku_process&) = delete;
  go_waku_process& operator=(const go_waku_process&) = delete;
  ~go_waku_process() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    ::close(input_);
    std::fclose(output_);
  }
  /// What it says once it is ready.
  json started() const {
    std::array<char, 4'096> line;
    REQUIRE(std::fgets(line.data(), static_cast<int>(line.size()), output_) != nullptr);
    return json::parse(line.data());
  }

 private:
  ::pid_t process_ = 0;
  int input_ = -1;
  std::FILE* output_ = nullptr;
};

class fixture : public real_time::fixture_base {
 public:
  using transport_type = wr::rest_transport<rest::go_waku>;

  fixture() {
    transport_.emplace(context_.get_executor(), rest_bench::quick_numbers());
    const ww::protocol serving[] = {ww::protocol::legacy_lightpush, ww::protocol::filter,
                                    ww::protocol::store};
    for (std::size_t index = 0; index < nodes_.size(); ++index) {
      peers_.start(index, serving);
      nodes_[index].process = std::make_unique<go_waku_process>(0);
    }
    for (std::size_t index = 0; index < nodes_.size(); ++index) {
      REQUIRE(settle(index));
      REQUIRE(transport_->add_node({nodes_[index].url, peers_.address(index)}) == peer(index));
    }
  }

  transport_type& transport() { return *transport_; }
  void destroy_transport() { transport_.reset(); }
  void push(std::size_t index, std::string_view pubsub_topic, std::span<const wr::message> messages) {
    // go-waku reads one message of a stream.
    for (const wr::message& each : messages) {
      peers_.push(index, nodes_[index].id, pubsub_topic, {&each, 1});
      run_until([] { return false; }, 5ms);
    }
  }
  void relay(std::string_view pubsub_topic, const wr::message& m) { peers_.relay(pubsub_topic, m); }
  std::uint32_t relay_neighbours() const { return static_cast<std::uint32_t>(nodes_.size()); }
  /// What go-waku can be: it has the old lightpush and the new store, and no other way of speaking.
  bool set_peer(std::size_t index, wt::peer_state state) {
    if (state == wt::peer_state::legacy || state == wt::peer_state::speechless) return false;
    nodes_[index].process.reset();
    if (state != wt::peer_state::serving) return true;
    const std::string& url = nodes_[index].url;
    nodes_[index].process = std::make_unique<go_waku_process>(
        static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1))));
    return settle(index);
  }

 private:
  struct node {
    std::unique_ptr<go_waku_process> process;
    std::string url;
    std::string id;
  };

  /// Has the node know the service peer behind it, and all know the relay's neighbour.
  bool settle(std::size_t index) {
    const json started = nodes_[index].process->started();
    nodes_[index].url = started.at("rest");
    nodes_[index].id = started.at("peer");
    json services = json::array();
    for (const auto each : {ww::protocol::legacy_lightpush, ww::protocol::filter})
      services.push_back(std::string(ww::id_of(each)));
    return introduce(index, index, services) &&
           (index == 0 || introduce(index, 0, json{std::string(ww::id_of(ww::protocol::relay))}));
  }
  bool introduce(std::size_t index, std::size_t to, const json& protocols) {
    const json asked{{"multiaddr", peers_.address(to)}, {"shards", {0, 1}}, {"protocols", protocols}};
    std::optional<rest::http_result> end;
    client_.start(*rest::read_address(nodes_[index].url),
                  {rest::http_method::post, "/admin/v1/peers", asked.dump()},
                  [&end](rest::http_result told) { end = std::move(told); });
    run_until([&end] { return end.has_value(); }, patience);
    const auto* answer = end ? std::get_if<rest::http_answer>(&*end) : nullptr;
    return answer != nullptr && answer->status == 200;
  }

  kit_peers peers_{context_, desk_, true};
  rest::http_client client_{context_.get_executor(), {}};
  std::array<node, wt::conformance_peers> nodes_;
  std::optional<transport_type> transport_;
};

/// What the kit must find, and why. That the transport itself does these right is shown with the played nodes of
/// tests/adapter/rest.cpp, where the kit's peers are the nodes themselves.
std::vector<std::string_view> unmet() {
  std::vector<std::string_view> ids;
  const auto add = [&ids](std::initializer_list<std::string_view> more) { ids.insert(ids.end(), more); };
  // It ends no subscription that it does not have, and says 200; these check requests of every kind, also that one.
  add({"request.reaches_its_peer", "request.copies_views", "reply.frees_stream", "reply.waits_for_peer",
       "error.peer_left", "cancel.spares_others", "cancel.frees_stream", "life.node_goes_first"});
  // Every failure of the peer behind it is 503 for lightpush; its codes and broken streams are not told.
  add({"reply.right_operation", "reply.status", "error.closed_stream", "error.reset_stream",
       "error.garbage"});
  // It has lightpush v2 only.
  add({"lightpush.reply"});
  // It takes no push before the subscription's reply.
  add({"filter.push_before_reply"});
  // Each node of the pool tells each message, and the kit looks at the latest.
  add({"relay.message"});
  return ids;
}

/// It keeps content topics as a set, so they come in any order, which is now and then the one that was asked.
constexpr std::string_view by_chance = "store.content_query";

}  // namespace

TEST_CASE("the transport over go-waku's REST interface conforms but for what go-waku keeps to itself") {
  wt::conformance_options options = real_time::kit_options(50ms);
  options.patience = 10s;  // what go-waku does not pass on is waited for so long
  options.silence = 200ms;
  const wt::conformance_report report = wt::check_transport<fixture>(options);
  INFO(report.text());
  std::vector<std::string_view> failed = report.failures();
  std::erase(failed, by_chance);
  std::sort(failed.begin(), failed.end());
  std::vector<std::string_view> kept = unmet();
  std::sort(kept.begin(), kept.end());
  CHECK(failed == kept);
}

}  // namespace live_rest_conformance_tests
