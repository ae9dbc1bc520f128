// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

#include <curl/curl.h>

#include <cassert>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <system_error>
#include <utility>

#include <waku/reliability/adapter/rest/http_exchange.hpp>

#ifndef ASIO_HAS_POSIX_STREAM_DESCRIPTOR
#error "waku/reliability/adapter/rest.hpp needs a system on which Asio has POSIX descriptors"
#endif

namespace waku::reliability::rest {

/// Names an exchange that was started. 0 is none.
using exchange_id = std::uint64_t;

/// HTTP exchanges over libcurl's multi interface: libcurl says which sockets it waits for and until when, Asio
/// waits. No call blocks, and everything runs on the executor that is given, a strand. Names are looked up as the
/// libcurl at hand does it, usually on a thread of its own that touches nothing here; one older than 7.87 waits for
/// that thread where an exchange ends before it.
///
/// Connections are kept and used again. One on which the node had hung up before the first byte of an answer
/// is opened anew and the request written again.
class http_client {
 public:
  using done_function = http_exchange::done_function;

  http_client(const asio::any_io_executor& strand, const http_limits& limits)
      : own_(std::make_shared<state>(strand, limits)) {
    own_->open();
  }
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;
  /// Ends every exchange; none is done after it.
  ~http_client() { own_->close(); }

  /// `done` is called once, never inside start(), unless the exchange is cancelled.
  exchange_id start(const node_address& to, http_request request, done_function done) {
    return own_->start(to, std::move(request), std::move(done));
  }
  /// Forgets an exchange, also one that is over.
  void cancel(exchange_id number) { own_->forget(number); }

 private:
  // A socket of libcurl's, lent to Asio while libcurl waits for it.
  struct watch {
    watch(const asio::any_io_executor& strand, curl_socket_t socket) : descriptor(strand, socket) {}
    asio::posix::stream_descriptor descriptor;
    int wanted = CURL_POLL_NONE;
    bool reading = false;
    bool writing = false;
    bool gone = false;
  };

  struct state : std::enable_shared_from_this<state> {
    state(const asio::any_io_executor& executor, const http_limits& given)
        : strand(executor), limits(given), timer(executor) {}

    void open() {
      static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
      multi = global == CURLE_OK ? curl_multi_init() : nullptr;
      if (multi == nullptr) return;
      curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &state::told_socket);
      curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
      curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &state::told_timer);
      curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
    }
    void close() {
      closed = true;
      while (!exchanges.empty()) forget(exchanges.begin()->first);
      timer.cancel();
      if (multi == nullptr) return;
      curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, nullptr);
      curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, nullptr);
      while (!watches.empty()) release(watches.begin()->first);
      curl_multi_cleanup(multi);
      multi = nullptr;
    }

    exchange_id start(const node_address& to, http_request request, done_function done) {
      const exchange_id number = ++started;
      auto made = std::make_unique<http_exchange>(to, std::move(request), limits, std::move(done));
      const bool able = multi != nullptr && made->handle() != nullptr;
      http_exchange& exchange = *made;
      exchanges.emplace(number, std::move(made));
      if (!able || curl_multi_add_handle(multi, exchange.handle()) != CURLM_OK) {
        asio::post(strand, [self = shared_from_this(), number] { self->end(number, CURLE_FAILED_INIT); });
        return number;
      }
      numbers.emplace(exchange.handle(), number);
      return number;
    }
    void forget(exchange_id number) {
      const auto found = exchanges.find(number);
      if (found == exchanges.end()) return;
      const auto exchange = std::move(found->second);
      exchanges.erase(found);
      if (numbers.erase(exchange->handle()) != 0) curl_multi_remove_handle(multi, exchange->handle());
    }
    void end(exchange_id number, CURLcode code) {
      const auto found = exchanges.find(number);
      if (found == exchanges.end()) return;
      http_result result = found->second->take_result(code);
      const done_function done = found->second->take_done();
      forget(number);
      done(std::move(result));
    }

    void act(curl_socket_t socket, int what) {
      int running = 0;
      curl_multi_socket_action(multi, socket, what, &running);
      int waiting = 0;
      while (multi != nullptr) {
        const CURLMsg* told = curl_multi_info_read(multi, &waiting);
        if (told == nullptr) return;
        if (told->msg != CURLMSG_DONE) continue;
        const auto found = numbers.find(told->easy_handle);
        assert(found != numbers.end() && "every handle of the multi handle is an exchange's");
        end(found->second, told->data.result);
      }
    }

    static int told_timer(CURLM*, long milliseconds, void* context) {
      auto& self = *static_cast<state*>(context);
      self.timer.cancel();
      if (milliseconds < 0 || self.closed) return 0;
      self.timer.expires_after(std::chrono::milliseconds(milliseconds));
      self.timer.async_wait([own = self.shared_from_this()](std::error_code error) {
        if (!error && !own->closed) own->act(CURL_SOCKET_TIMEOUT, 0);
      });
      return 0;
    }
    static int told_socket(CURL*, curl_socket_t socket, int what, void* context, void*) {
      auto& self = *static_cast<state*>(context);
      if (what == CURL_POLL_REMOVE) {
        self.release(socket);
        return 0;
      }
      auto& place = self.watches[socket];
      if (!place) place = std::make_shared<watch>(self.strand, socket);
      place->wanted = what;
      self.wait(place);
      return 0;
    }
    void wait(const std::shared_ptr<watch>& own) {
      if ((own->wanted & CURL_POLL_IN) != 0) {
        wait(own, &watch::reading, asio::posix::stream_descriptor::wait_read, CURL_POLL_IN, CURL_CSELECT_IN);
      }
      if ((own->wanted & CURL_POLL_OUT) != 0) {
        wait(own, &watch::writing, asio::posix::stream_descriptor::wait_write, CURL_POLL_OUT,
             CURL_CSELECT_OUT);
      }
    }
    void wait(const std::shared_ptr<watch>& own, bool watch::*waits,
              asio::posix::stream_descriptor::wait_type way, int wanted, int happened) {
      if ((*own).*waits) return;
      (*own).*waits = true;
      own->descriptor.async_wait(
          way, [self = shared_from_this(), own, waits, wanted, happened](std::error_code error) {
            (*own).*waits = false;
            if (self->closed || own->gone) return;
            if ((own->wanted & wanted) != 0)
              self->act(own->descriptor.native_handle(), error ? CURL_CSELECT_ERR : happened);
            if (!self->closed && !own->gone) self->wait(own);
          });
    }
    // The socket stays libcurl's: Asio gives it back without closing it.
    void release(curl_socket_t socket) {
      const auto found = watches.find(socket);
      if (found == watches.end()) return;
      const auto own = std::move(found->second);
      watches.erase(found);
      own->gone = true;
      static_cast<void>(own->descriptor.release());
    }

    asio::any_io_executor strand;
    http_limits limits;
    asio::steady_timer timer;
    CURLM* multi = nullptr;
    std::map<exchange_id, std::unique_ptr<http_exchange>> exchanges;
    std::map<CURL*, exchange_id> numbers;  // of what libcurl works at
    std::map<curl_socket_t, std::shared_ptr<watch>> watches;
    exchange_id started = 0;
    bool closed = false;
  };

  std::shared_ptr<state> own_;
};

}  // namespace waku::reliability::rest
