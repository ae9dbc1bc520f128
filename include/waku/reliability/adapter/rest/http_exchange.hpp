// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include <waku/reliability/adapter/rest/node_address.hpp>
#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/core/instant.hpp>

namespace waku::reliability::rest {

enum class http_method : std::uint8_t { get, post, remove };

/// A request for a node. The body is JSON.
struct http_request {
  http_method method = http_method::get;
  std::string route{};  ///< the path below the node's address, with its query, percent-encoded
  std::string body{};
};

/// What the node answered, whatever its status.
struct http_answer {
  std::uint32_t status = 0;
  std::string body{};
  std::optional<duration> retry_after{};
};

/// Why there is no answer.
struct http_failure {
  transport_error error = transport_error::connection_lost;
  bool unverified = false;  ///< the node could not prove to be who the address says
  std::string why{};        ///< in libcurl's words
};

using http_result = std::variant<http_answer, http_failure>;

/// What an exchange may take, and whom it may trust.
struct http_limits {
  duration connect_patience = std::chrono::seconds(10);  ///< until there is a connection, TLS included
  duration patience = std::chrono::seconds(30);          ///< from the start to the last byte
  /// A page of 100 bodies of 150 KiB is 20 MiB of text. More ends the exchange as undecodable_reply.
  std::size_t answer_bytes_max = std::size_t{32} << 20U;
  std::string authorities_file{};  ///< PEM file of the authorities to trust; empty: the system's
};

/// One request and its answer, over an easy handle of libcurl's. Redirects are not followed, no proxy is used, the
/// certificate and name of an https node are verified.
class http_exchange {
 public:
  using done_function = std::function<void(http_result)>;

  http_exchange(const node_address& to, http_request request, const http_limits& limits, done_function done)
      : body_(std::move(request.body)),
        answer_bytes_max_(limits.answer_bytes_max),
        done_(std::move(done)),
        handle_(curl_easy_init()) {
    if (handle_ == nullptr) return;
    CURL* const easy = handle_.get();
    const std::string url = to.base + request.route;
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, words_.data());
    limit(limits);
    authenticate(to, limits);
    send(request.method);
    receive();
  }
  http_exchange(const http_exchange&) = delete;
  http_exchange& operator=(const http_exchange&) = delete;
  ~http_exchange() = default;

  /// nullptr where there was no memory for it.
  [[nodiscard]] CURL* handle() const noexcept { return handle_.get(); }
  [[nodiscard]] done_function take_done() { return std::move(done_); }
  /// How it ended; for once.
  [[nodiscard]] http_result take_result(CURLcode code) {
    if (code != CURLE_OK) return failure_of(code);
    long status = 0;
    curl_off_t seconds = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(handle_.get(), CURLINFO_RETRY_AFTER, &seconds);
    http_answer answer{static_cast<std::uint32_t>(status), std::move(answer_), std::nullopt};
    if (seconds > 0)
      answer.retry_after = std::chrono::seconds(std::min<curl_off_t>(seconds, retry_after_max));
    return answer;
  }

 private:
  static constexpr std::size_t header_bytes_max = std::size_t{64} << 10;
  static constexpr curl_off_t retry_after_max = 86'400;

  struct freed {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
  };

  void limit(const http_limits& limits) {
    CURL* const easy = handle_.get();
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(limits.connect_patience));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, milliseconds(limits.patience));
#if LIBCURL_VERSION_NUM >= 0x075700
    // Else the end of an exchange would wait for the thread that looks the name up.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
  }
  // The node by its certificate, and us by our credentials.
  void authenticate(const node_address& to, const http_limits& limits) {
    CURL* const easy = handle_.get();
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!limits.authorities_file.empty())
      curl_easy_setopt(easy, CURLOPT_CAINFO, limits.authorities_file.c_str());
    if (to.user.empty() && to.password.empty()) return;
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    curl_easy_setopt(easy, CURLOPT_USERNAME, to.user.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, to.password.c_str());
  }
  void send(http_method method) {
    CURL* const easy = handle_.get();
    add_header("Accept: application/json");
    add_header("Expect:");
    if (method != http_method::get) {
      add_header("Content-Type: application/json");
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body_.data());
      if (method == http_method::remove) curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "DELETE");
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
  }
  void receive() {
    CURL* const easy = handle_.get();
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &http_exchange::written);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &http_exchange::told_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  }
  void add_header(const char* line) {
    curl_slist* longer = curl_slist_append(headers_.get(), line);
    if (longer == nullptr) return;
    static_cast<void>(headers_.release());
    headers_.reset(longer);
  }
  static long milliseconds(duration length) {
    return static_cast<long>(std::max<std::int64_t>(1, length / std::chrono::milliseconds(1)));
  }
  // Less than was given ends the exchange.
  static std::size_t written(char* data, std::size_t, std::size_t count, void* self) {
    auto& own = *static_cast<http_exchange*>(self);
    if (count > own.answer_bytes_max_ - own.answer_.size()) return 0;
    own.answer_.append(data, count);
    return count;
  }
  static std::size_t told_header(char*, std::size_t, std::size_t count, void* self) {
    auto& own = *static_cast<http_exchange*>(self);
    own.header_bytes_ += count;
    return own.header_bytes_ > header_bytes_max ? 0 : count;
  }
  [[nodiscard]] http_failure failure_of(CURLcode code) const {
    const bool unverified = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_ISSUER_ERROR ||
                            code == CURLE_SSL_CACERT_BADFILE;
    return {meaning_of(code), unverified, words_[0] != 0 ? words_.data() : curl_easy_strerror(code)};
  }
  [[nodiscard]] transport_error meaning_of(CURLcode code) const {
    switch (code) {
      case CURLE_OPERATION_TIMEDOUT: {
        curl_off_t until_sending = 0;
        curl_easy_getinfo(handle_.get(), CURLINFO_PRETRANSFER_TIME_T, &until_sending);
        return until_sending > 0 ? transport_error::timeout : transport_error::dial_failed;
      }
      case CURLE_URL_MALFORMAT:
      case CURLE_COULDNT_RESOLVE_HOST:
      case CURLE_COULDNT_CONNECT:
      case CURLE_SSL_CONNECT_ERROR:
      case CURLE_SSL_CERTPROBLEM:
      case CURLE_SSL_CIPHER:
      case CURLE_SSL_CACERT_BADFILE:
      case CURLE_SSL_ISSUER_ERROR:
      case CURLE_PEER_FAILED_VERIFICATION:
      case CURLE_FAILED_INIT:
      case CURLE_OUT_OF_MEMORY: return transport_error::dial_failed;
      case CURLE_GOT_NOTHING: return transport_error::empty_reply;
      // What is no HTTP looks to libcurl like a protocol that it was not allowed to speak.
      case CURLE_UNSUPPORTED_PROTOCOL:
      case CURLE_WEIRD_SERVER_REPLY:
      case CURLE_WRITE_ERROR:
      case CURLE_FILESIZE_EXCEEDED:
      case CURLE_BAD_CONTENT_ENCODING: return transport_error::undecodable_reply;
      default: return transport_error::connection_lost;
    }
  }

  std::string body_;
  std::string answer_;
  std::size_t answer_bytes_max_;
  std::size_t header_bytes_ = 0;
  std::array<char, CURL_ERROR_SIZE> words_{};
  done_function done_;
  std::unique_ptr<curl_slist, freed> headers_;
  std::unique_ptr<CURL, freed> handle_;
};

}  // namespace waku::reliability::rest
