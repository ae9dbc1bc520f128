// SPDX-License-Identifier: Apache-2.0 OR MIT
// Three service nodes and a client, each a process of its own, over loopback sockets and real bytes. The client
// publishes; in the midst of it one node is killed, and later started again. Every verdict must be true, and all
// must be received once.
#include <unistd.h>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <waku/reliability.hpp>
#include <waku/reliability/adapter/asio.hpp>
#include <waku/reliability/adapter/openssl.hpp>
#include <waku/reliability/testing/tcp_link.hpp>
#include <waku/reliability/wire/codecs.hpp>

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

#include "kept_messages.hpp"
#include "node_process.hpp"
#include "service_node.hpp"

namespace two_processes {
namespace {

using namespace std::chrono_literals;

struct client_policies : wr::changed<wr::light_client, wr::store_presence> {};
using client = wr::asio_node<client_policies, wt::tcp_transport<>, wr::message, wr::openssl_hasher>;

constexpr std::size_t nodes = 3;
constexpr int batch = 5;

wr::options quick() {
  wr::options numbers;
  numbers.confirmation.settling = 200ms;
  numbers.confirmation.early_interval = 300ms;
  numbers.retransmit.backoff.first = 200ms;
  numbers.subscription.ping_interval = 1s;
  numbers.pool.first_pause = 1s;
  return numbers;
}
std::string text_of(const wr::message& m) { return std::string(ww::text_of(m.payload)); }

/// The client process: a publisher and a receiver, each with connections of its own.
class story {
 public:
  story(const char* program, std::filesystem::path folder) : program_(program), folder_(std::move(folder)) {
    for (std::size_t each = 0; each < nodes; ++each) start(each, 0);
    for (std::size_t each = 0; each < nodes; ++each) introduce(each);
    for (const auto& each : processes_) {
      for (wt::tcp_transport<>* own : {&sending_, &receiving_})
        own->add_peer(each->port(), {.lightpush = true, .filter = true, .store = true});
    }
  }

  bool run() {
    if (!receiver_.subscribe(pubsub_topic, {content_topic})) return false;
    listen();
    guard_.expires_after(60s);
    guard_.async_wait([this](std::error_code error) {
      if (!error) context_.stop();
    });
    // What is published before the filter nodes know of the receiver would be fetched by an audit, a minute later.
    pause_.expires_after(300ms);
    pause_.async_wait([this](std::error_code) { first(); });
    context_.run();
    return all_true();
  }

 private:
  void start(std::size_t number, std::uint16_t port) {
    const auto file = folder_ / ("node" + std::to_string(number) + ".archive");
    processes_[number] = std::make_unique<node_process>(program_, port, file.string());
  }
  void introduce(std::size_t number) {
    processes_[number]->add_neighbours(processes_[(number + 1) % nodes]->port(),
                                       processes_[(number + 2) % nodes]->port());
  }

  void first() {
    publish([this] { second(); });
  }
  void second() {
    publish([this] { third(); });
    std::cout << "node 0 is killed" << std::endl;
    processes_[0]->kill();
  }
  void third() {
    const std::uint16_t port = processes_[0]->port();
    start(0, port);
    introduce(0);
    held_ = processes_[0]->held();
    std::cout << "node 0 is back, and holds " << held_ << " messages" << std::endl;
    publish([this] { end(); });
  }
  void end() {
    if (static_cast<int>(received_.size()) < 3 * batch) {
      pause_.expires_after(50ms);
      pause_.async_wait([this](std::error_code) { end(); });
      return;
    }
    guard_.cancel();
    publisher_.async_stop([](std::error_code) {});
    receiver_.async_stop([](std::error_code) {});
    context_.stop();
  }

  // Some messages; `then` when all have their verdicts.
  void publish(std::function<void()> then) {
    open_ = batch;
    for (int each = 0; each < batch; ++each) {
      wr::message m;
      const std::string text = "news " + std::to_string(++published_);
      const auto bytes = ww::bytes_of(text);
      m.payload.assign(bytes.begin(), bytes.end());
      m.content_topic = content_topic;
      publisher_.async_publish(std::string(pubsub_topic), std::move(m),
                               [this, text, then](std::error_code error, const wr::finished& finished) {
                                 if (error) return;
                                 std::cout << text << ": " << name_of(finished.outcome) << std::endl;
                                 confirmed_ +=
                                     std::holds_alternative<wr::confirmed>(finished.outcome) ? 1 : 0;
                                 if (--open_ == 0) then();
                               });
    }
  }
  void listen() {
    receiver_.async_receive([this](std::error_code error, const auto& received) {
      if (error) return;
      ++received_[text_of(received.message)];
      listen();
    });
  }
  // All confirmed, all received once, and the node that came back has what it had stored.
  [[nodiscard]] bool all_true() const {
    bool once = static_cast<int>(received_.size()) == 3 * batch;
    for (const auto& [text, count] : received_) once = once && count == 1;
    const bool kept = !archive_outlives_its_process || held_ >= static_cast<std::size_t>(batch);
    std::cout << confirmed_ << " of " << published_ << " confirmed, " << received_.size() << " received, "
              << (once ? "each once" : "NOT each once") << std::endl;
    return confirmed_ == 3 * batch && once && kept;
  }

  const char* program_;
  std::filesystem::path folder_;
  std::array<std::unique_ptr<node_process>, nodes> processes_;
  asio::io_context context_{1};
  asio::steady_timer guard_{context_};
  asio::steady_timer pause_{context_};
  wt::tcp_transport<> sending_{context_.get_executor()};
  wt::tcp_transport<> receiving_{context_.get_executor()};
  client publisher_{context_.get_executor(), sending_, quick()};
  client receiver_{context_.get_executor(), receiving_, quick()};
  std::map<std::string, int> received_;
  std::size_t held_ = 0;
  int published_ = 0;
  int confirmed_ = 0;
  int open_ = 0;
};

/// A folder for the nodes' archives, which ends with this.
class archive_folder {
 public:
  archive_folder() { std::filesystem::create_directories(path_); }
  archive_folder(const archive_folder&) = delete;
  archive_folder& operator=(const archive_folder&) = delete;
  ~archive_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("waku_two_processes_" + std::to_string(::getpid()));
};

int run_client(const char* program) {
  const archive_folder folder;
  story it(program, folder.path());
  return it.run() ? EXIT_SUCCESS : EXIT_FAILURE;
}

int run(int count, char** words) {
  if (count == 1) return run_client(words[0]);
  if (count == 4 && std::string_view(words[1]) == "node") {
    const std::string_view number = words[2];
    std::uint16_t port = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), port);
    if (read.ec == std::errc() && read.ptr == number.data() + number.size()) return run_node(port, words[3]);
  }
  std::cerr << "usage: two_processes                 a client that starts three nodes\n"
               "       two_processes node PORT FILE  a node; port 0 is any that is free"
            << std::endl;
  return 2;
}

}  // namespace
}  // namespace two_processes

int main(int count, char** words) {
  try {
    return two_processes::run(count, words);
  } catch (const std::exception& error) {  // no folder, no process, no free port
    std::cerr << error.what() << std::endl;
    return EXIT_FAILURE;
  }
}
