// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/buffer.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/socket_base.hpp>
#include <asio/write.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace rest_bench {

/// A request as the server read it. Names of headers are in lower case.
struct http_call {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;
  std::string body;
  bool on_used_connection = false;  ///< not the first request of its connection
};

/// %XX and nothing else decoded.
inline std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned value = 0;
    if (text[at] == '%' && at + 2 < text.size() &&
        std::from_chars(text.data() + at + 1, text.data() + at + 3, value, 16).ec == std::errc{}) {
      decoded.push_back(static_cast<char>(value));
      at += 2;
    } else {
      decoded.push_back(text[at]);
    }
  }
  return decoded;
}

/// The parts of a path, decoded.
inline std::vector<std::string> path_of(std::string_view target) {
  std::vector<std::string> parts;
  target = target.substr(0, target.find('?'));
  while (!target.empty()) {
    target.remove_prefix(1);
    parts.push_back(percent_decoded(target.substr(0, target.find('/'))));
    target.remove_prefix(std::min(target.size(), target.find('/')));
  }
  return parts;
}

/// The parameters of a query, decoded.
inline std::map<std::string, std::string> query_of(std::string_view target) {
  std::map<std::string, std::string> parameters;
  const std::size_t begin = target.find('?');
  if (begin == target.npos) return parameters;
  target.remove_prefix(begin + 1);
  while (!target.empty()) {
    const std::string_view pair = target.substr(0, target.find('&'));
    target.remove_prefix(std::min(target.size(), pair.size() + 1));
    const std::size_t equals = std::min(pair.size(), pair.find('='));
    const std::string_view value = pair.substr(std::min(pair.size(), equals + 1));
    parameters[percent_decoded(pair.substr(0, equals))] = percent_decoded(value);
  }
  return parameters;
}

/// A connection to the server. Requests are read one after another, each after the answer to the one before.
class http_connection : public std::enable_shared_from_this<http_connection> {
 public:
  using called_function = std::function<void(http_call, std::weak_ptr<http_connection>)>;

  http_connection(asio::ip::tcp::socket socket, called_function called)
      : socket_(std::move(socket)), called_(std::move(called)) {}

  void read() {
    if (reading_ || next_call()) return;
    reading_ = true;
    socket_.async_read_some(asio::buffer(piece_),
                            [self = shared_from_this()](std::error_code error, std::size_t count) {
                              self->reading_ = false;
                              if (error) return self->close();
                              self->text_.append(self->piece_, count);
                              self->read();
                            });
  }
  void answer(unsigned status, std::string_view body, std::string_view headers = "") {
    write("HTTP/1.1 " + std::to_string(status) + " Told\r\nContent-Length: " + std::to_string(body.size()) +
          "\r\n" + std::string(headers) + "\r\n" + std::string(body));
    waiting_ = false;
    read();
  }
  void write(std::string text) {
    out_.push_back(std::move(text));
    if (out_.size() == 1) write_next();
  }
  /// After what was written has left.
  void close() {
    closing_ = true;
    if (!out_.empty()) return;
    std::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
  }
  void reset() {
    std::error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
  }
  [[nodiscard]] bool is_open() const { return socket_.is_open(); }
  void silence() { called_ = nullptr; }

 private:
  // Hands on the next request, once it is there as a whole. True while it is not answered.
  bool next_call() {
    if (waiting_) return true;
    const std::size_t end = text_.find("\r\n\r\n");
    if (end == text_.npos) return false;
    http_call call;
    std::string_view head = std::string_view(text_).substr(0, end);
    const std::string_view first = head.substr(0, head.find("\r\n"));
    call.method = first.substr(0, first.find(' '));
    call.target = first.substr(call.method.size() + 1, first.rfind(' ') - call.method.size() - 1);
    head.remove_prefix(std::min(head.size(), first.size() + 2));
    while (!head.empty()) {
      const std::string_view line = head.substr(0, head.find("\r\n"));
      head.remove_prefix(std::min(head.size(), line.size() + 2));
      const std::size_t colon = line.find(':');
      std::string name(line.substr(0, colon));
      for (char& each : name) each = static_cast<char>(std::tolower(static_cast<unsigned char>(each)));
      call.headers[name] = line.substr(std::min(line.size(), colon + 2));
    }
    std::size_t length = 0;
    const std::string& told = call.headers["content-length"];
    std::from_chars(told.data(), told.data() + told.size(), length);
    if (text_.size() < end + 4 + length) return false;
    call.body = text_.substr(end + 4, length);
    text_.erase(0, end + 4 + length);
    call.on_used_connection = calls_++ != 0;
    waiting_ = true;
    if (called_) called_(std::move(call), weak_from_this());
    return true;
  }
  void write_next() {
    asio::async_write(socket_, asio::buffer(out_.front()),
                      [self = shared_from_this()](std::error_code error, std::size_t) {
                        self->out_.pop_front();
                        if (error) self->out_.clear();
                        if (!self->out_.empty()) return self->write_next();
                        if (self->closing_) self->close();
                      });
  }

  asio::ip::tcp::socket socket_;
  called_function called_;
  char piece_[16'384] = {};
  std::string text_;
  std::deque<std::string> out_;
  std::size_t calls_ = 0;
  bool reading_ = false;
  bool waiting_ = false;
  bool closing_ = false;
};

/// Listens at a port of this machine for as long as it lives.
class http_server {
 public:
  using called_function = http_connection::called_function;

  http_server(const asio::any_io_executor& executor, std::uint16_t port, called_function called)
      : state_(std::make_shared<state>(executor, port, std::move(called))) {
    accept(state_);
  }
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;
  ~http_server() {
    std::error_code ignored;
    state_->over = true;
    state_->acceptor.close(ignored);
    for (const auto& each : std::exchange(state_->connections, {})) {
      each->silence();
      each->reset();
    }
  }
  [[nodiscard]] std::uint16_t port() const { return state_->acceptor.local_endpoint().port(); }

 private:
  struct state {
    state(const asio::any_io_executor& executor, std::uint16_t port, called_function told)
        : acceptor(executor, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), port)),
          called(std::move(told)) {}
    asio::ip::tcp::acceptor acceptor;
    called_function called;
    std::vector<std::shared_ptr<http_connection>> connections;
    bool over = false;
  };
  static void accept(const std::shared_ptr<state>& own) {
    own->acceptor.async_accept([own](std::error_code error, asio::ip::tcp::socket socket) {
      if (error || own->over) return;
      std::erase_if(own->connections, [](const auto& each) { return !each->is_open(); });
      const auto connection = std::make_shared<http_connection>(std::move(socket), own->called);
      own->connections.push_back(connection);
      connection->read();
      accept(own);
    });
  }

  std::shared_ptr<state> state_;
};

}  // namespace rest_bench
