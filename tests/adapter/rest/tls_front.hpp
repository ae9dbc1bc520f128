// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <doctest/doctest.h>
#include <asio/any_io_executor.hpp>
#include <asio/buffer.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl.hpp>
#include <asio/write.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include <testing/scratch_folder.hpp>

namespace rest_bench {

/// Certificates, each signed by itself, made by openssl in a folder that goes with this.
class certificates {
 public:
  struct identity {
    std::string certificate;  ///< file in PEM, also the authority that vouches for it
    std::string key;          ///< file in PEM
  };

  /// For a name as openssl has it: IP:127.0.0.1 or DNS:localhost.
  [[nodiscard]] identity make(const std::string& file, const std::string& name) const {
    const identity made{folder_.file(file + ".pem"), folder_.file(file + ".key")};
    const std::string command =
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=test' -addext 'subjectAltName=" + name +
        "' -keyout '" + made.key + "' -out '" + made.certificate + "' 2>/dev/null";
    REQUIRE_MESSAGE(std::system(command.c_str()) == 0,
                    "openssl makes the certificates of this test: " << command);
    return made;
  }

 private:
  scratch::scratch_folder folder_;
};

/// Takes TLS connections at a port of this machine, and hands what is in them to another port in the clear.
class tls_front {
 public:
  tls_front(const asio::any_io_executor& executor, const certificates::identity& shown, std::uint16_t behind)
      : state_(std::make_shared<state>(executor, behind)) {
    show(shown);
    accept(state_);
  }
  tls_front(const tls_front&) = delete;
  tls_front& operator=(const tls_front&) = delete;
  ~tls_front() {
    std::error_code ignored;
    state_->acceptor.close(ignored);
  }
  [[nodiscard]] std::uint16_t port() const { return state_->acceptor.local_endpoint().port(); }
  /// To whoever comes from now on.
  void show(const certificates::identity& shown) {
    state_->context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    state_->context->use_certificate_file(shown.certificate, asio::ssl::context::pem);
    state_->context->use_private_key_file(shown.key, asio::ssl::context::pem);
  }

 private:
  using tcp = asio::ip::tcp;

  struct state {
    state(const asio::any_io_executor& executor, std::uint16_t port)
        : acceptor(executor, tcp::endpoint(asio::ip::address_v4::loopback(), 0)), behind(port) {}
    tcp::acceptor acceptor;
    std::shared_ptr<asio::ssl::context> context;
    std::uint16_t behind;
  };
  struct link : std::enable_shared_from_this<link> {
    link(tcp::socket socket, std::shared_ptr<asio::ssl::context> shown)
        : context(std::move(shown)), outside(std::move(socket), *context), inside(outside.get_executor()) {}

    void start(std::uint16_t behind) {
      outside.async_handshake(asio::ssl::stream_base::server,
                              [self = shared_from_this(), behind](std::error_code error) {
                                if (error) return self->close();
                                self->connect(behind);
                              });
    }
    void connect(std::uint16_t behind) {
      inside.async_connect({asio::ip::address_v4::loopback(), behind},
                           [self = shared_from_this()](std::error_code error) {
                             if (error) return self->close();
                             self->pass(self->outside, self->inside, self->coming);
                             self->pass(self->inside, self->outside, self->going);
                           });
    }
    template <class From, class To>
    void pass(From& from, To& to, std::array<char, 16'384>& piece) {
      from.async_read_some(asio::buffer(piece), [self = shared_from_this(), &from, &to, &piece](
                                                    std::error_code error, std::size_t count) {
        if (error) return self->close();
        asio::async_write(to, asio::buffer(piece, count),
                          [self, &from, &to, &piece](std::error_code failed, std::size_t) {
                            if (failed) return self->close();
                            self->pass(from, to, piece);
                          });
      });
    }
    void close() {
      std::error_code ignored;
      inside.close(ignored);
      outside.lowest_layer().close(ignored);
    }

    std::shared_ptr<asio::ssl::context> context;
    asio::ssl::stream<tcp::socket> outside;
    tcp::socket inside;
    std::array<char, 16'384> coming{};
    std::array<char, 16'384> going{};
  };
  static void accept(const std::shared_ptr<state>& own) {
    own->acceptor.async_accept([own](std::error_code error, tcp::socket socket) {
      if (error) return;
      std::make_shared<link>(std::move(socket), own->context)->start(own->behind);
      accept(own);
    });
  }

  std::shared_ptr<state> state_;
};

}  // namespace rest_bench
