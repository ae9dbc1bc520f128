// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <openssl/evp.h>
#include <openssl/opensslv.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <waku/reliability/core/message_hasher.hpp>

#if OPENSSL_VERSION_NUMBER < 0x30000000L
#error "waku/reliability/adapter/openssl.hpp needs OpenSSL 3.0 or newer"
#endif

namespace waku::reliability {

/// The deterministic message hash of 14/WAKU2-MESSAGE, by OpenSSL's SHA-256:
/// SHA-256(pubsub topic, payload, content topic, meta, timestamp), one after the other without separators,
/// the timestamp as 8 bytes, big-endian, two's complement. An unset timestamp is hashed as eight zero bytes,
/// as nwaku and go-waku do; js-waku leaves it out and so disagrees about messages without a timestamp.
///
/// The algorithm is looked up and the contexts made once, at construction. Hashing takes time in proportion to the
/// message's size and never copies a part of more than 256 bytes; the library allocates nothing then, and OpenSSL
/// 3.0 itself one block of about 100 bytes that it gives back. Movable; use one hasher on one thread at a time.
class openssl_hasher {
 public:
  static constexpr bool deterministic_message_hash = true;

  /// Takes OpenSSL's default SHA-256. Throws as the other constructor does.
  openssl_hasher() : openssl_hasher(nullptr, nullptr) {}

  /// Looks SHA-256 up in `library` (nullptr: the default one) by a property query such as "fips=yes" (nullptr:
  /// the library's own choice). Throws std::bad_alloc when there is no memory, and std::runtime_error when no
  /// provider offers SHA-256 with these properties.
  openssl_hasher(OSSL_LIB_CTX* library, const char* properties)
      : begun_(EVP_MD_CTX_new()), context_(EVP_MD_CTX_new()) {
    if (begun_ == nullptr || context_ == nullptr) throw std::bad_alloc();
    const std::unique_ptr<EVP_MD, freed> algorithm(EVP_MD_fetch(library, "SHA2-256", properties));
    if (algorithm == nullptr) throw std::runtime_error("OpenSSL offers no SHA-256 with the asked properties");
    if (EVP_DigestInit_ex2(begun_.get(), algorithm.get(), nullptr) != 1) fail();
  }

  /// Throws std::runtime_error rather than give a wrong hash if OpenSSL fails: only without memory, or when
  /// its provider ceases to work, as a FIPS module does that fails its own tests.
  message_hash operator()(const hash_input& input) {
    begin();
    return finish(absorb(input.pubsub_topic) && absorb(input.payload) && absorb(input.content_topic) &&
                  absorb(input.meta) && absorb(big_endian(input.timestamp_ns)));
  }

  /// Verifying a page of bodies: hashes[i] becomes the hash of page[i]; compare it with the one that came with the
  /// body. Takes as long as one call for each, for OpenSSL hashes one after the other. `hashes` is as long as `page`.
  /// Throws as above; the hashes before are right then.
  void operator()(std::span<const hash_input> page, std::span<message_hash> hashes) {
    assert(page.size() == hashes.size() && "there is a place for each hash");
    for (std::size_t each = 0; each < page.size(); ++each) hashes[each] = (*this)(page[each]);
  }

  /// The SHA-256 of two texts, one after the other, as autosharding needs it; no hash of a message. Throws as
  /// above.
  message_hash hash_of_text(std::string_view first, std::string_view second) {
    begin();
    return finish(absorb(first) && absorb(second));
  }

 private:
  struct freed {
    void operator()(EVP_MD* algorithm) const noexcept { EVP_MD_free(algorithm); }
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  };

  static unsigned char* as_unsigned(std::byte* bytes) noexcept {
    return reinterpret_cast<unsigned char*>(bytes);  // NOLINT: both are bytes
  }
  static std::array<std::byte, 8> big_endian(std::int64_t number) noexcept {
    std::array<std::byte, 8> bytes{};
    auto rest = static_cast<std::uint64_t>(number);
    for (std::size_t place = bytes.size(); place-- > 0; rest >>= 8U)
      bytes[place] = static_cast<std::byte>(rest);
    return bytes;
  }
  /// Copying a context that has begun costs less than to begin one.
  void begin() {
    assert(context_ != nullptr && "the hasher was moved from");
    gathered_bytes_ = 0;
    if (EVP_MD_CTX_copy_ex(context_.get(), begun_.get()) != 1) fail();
  }
  message_hash finish(bool absorbed) {
    message_hash hash;
    if (!absorbed || !pass_on_gathered() ||
        EVP_DigestFinal_ex(context_.get(), as_unsigned(hash.bytes.data()), nullptr) != 1)
      fail();
    return hash;
  }
  [[noreturn]] static void fail() { throw std::runtime_error("OpenSSL's SHA-256 failed"); }
  bool absorb(std::string_view text) { return absorb(std::as_bytes(std::span(text))); }
  /// Small parts are gathered, for a call of OpenSSL costs more than to copy them.
  bool absorb(std::span<const std::byte> part) {
    if (part.size() > gathered_.size() - gathered_bytes_) {
      if (!pass_on_gathered()) return false;
      if (part.size() > gathered_.size()) return pass_on(part);
    }
    std::copy(part.begin(), part.end(), gathered_.data() + gathered_bytes_);
    gathered_bytes_ += part.size();
    return true;
  }
  bool pass_on_gathered() { return pass_on(std::span(gathered_).first(std::exchange(gathered_bytes_, 0))); }
  bool pass_on(std::span<const std::byte> bytes) {
    return EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1;
  }

  std::unique_ptr<EVP_MD_CTX, freed> begun_;
  std::unique_ptr<EVP_MD_CTX, freed> context_;
  std::array<std::byte, 256> gathered_{};
  std::size_t gathered_bytes_ = 0;
};

static_assert(message_hasher<openssl_hasher>);

}  // namespace waku::reliability
