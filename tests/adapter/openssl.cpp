// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/openssl.hpp>

#include <doctest/doctest.h>
#include <openssl/crypto.h>

#include <nlohmann/json.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace openssl_tests {

namespace wr = waku::reliability;

namespace {

using bytes = std::vector<std::byte>;

// OpenSSL's own blocks, counted; it takes such functions only before its first allocation.
std::atomic<std::size_t> allocations = 0;
std::atomic<std::size_t> held = 0;
void* counted_malloc(std::size_t size, const char*, int) {
  ++allocations;
  ++held;
  return std::malloc(size);
}
void* counted_realloc(void* taken, std::size_t size, const char*, int) {
  ++allocations;
  if (taken == nullptr) ++held;
  return std::realloc(taken, size);
}
void counted_free(void* taken, const char*, int) {
  if (taken != nullptr) --held;
  std::free(taken);
}
const bool counting = CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free) == 1;

nlohmann::json read_vectors() {
  const auto beside =
      std::filesystem::path(__FILE__).parent_path().parent_path() / "vectors/message_hash.json";
  // Compilers may be told to keep the machine's folders out of __FILE__; tests run in the project's folder.
  std::ifstream file(std::filesystem::exists(beside) ? beside : "tests/vectors/message_hash.json");
  REQUIRE(file.good());
  return nlohmann::json::parse(file);
}

const nlohmann::json& vectors() {
  static const nlohmann::json read = read_vectors();
  return read;
}

bytes from_hex(const std::string& text) {
  REQUIRE(text.size() % 2 == 0);
  bytes read;
  for (std::size_t place = 0; place < text.size(); place += 2) {
    read.push_back(static_cast<std::byte>(std::stoul(text.substr(place, 2), nullptr, 16)));
  }
  return read;
}

// A vector's message; what is absent is as wr::message has it.
struct sample {
  explicit sample(const nlohmann::json& vector)
      : pubsub_topic(vector.at("pubsub_topic")), content_topic(vector.at("content_topic")) {
    if (vector.contains("payload_hex")) {
      payload = from_hex(vector.at("payload_hex"));
    } else {
      const auto& repeated = vector.at("payload_repeat");
      payload.assign(repeated.at("count").get<std::size_t>(), from_hex(repeated.at("byte_hex")).at(0));
    }
    if (!vector.at("meta_hex").is_null()) meta = from_hex(vector.at("meta_hex"));
    if (!vector.at("timestamp_ns").is_null()) {
      timestamp = std::stoll(vector.at("timestamp_ns").get<std::string>());
    }
  }
  [[nodiscard]] wr::hash_input parts() const {
    return {pubsub_topic, payload, content_topic, meta, timestamp};
  }

  std::string pubsub_topic;
  bytes payload;
  std::string content_topic;
  bytes meta;
  std::int64_t timestamp = 0;
};

std::string hash_of(const nlohmann::json& vector) {
  const sample message(vector);
  wr::openssl_hasher hasher;
  return to_hex(hasher(message.parts()));
}

std::string sha256_of(const bytes& input) {
  wr::message_hash digest;
  auto* out = reinterpret_cast<unsigned char*>(digest.bytes.data());
  REQUIRE(EVP_Digest(input.data(), input.size(), out, nullptr, EVP_sha256(), nullptr) == 1);
  return to_hex(digest);
}

const nlohmann::json& vector_named(std::string_view name) {
  for (const auto& vector : vectors().at("vectors")) {
    if (vector.at("name") == name) return vector;
  }
  throw std::out_of_range("there is no vector of this name");
}

}  // namespace

TEST_CASE("the hasher says that it computes the network's hash") {
  CHECK(wr::openssl_hasher::deterministic_message_hash);
  CHECK(wr::message_hasher<wr::openssl_hasher>);
}

TEST_CASE("every published vector of the deterministic message hash comes out right") {
  std::size_t checked = 0;
  for (const auto& vector : vectors().at("vectors")) {
    if (vector.at("timestamp_rule") == "omitted") continue;
    CAPTURE(vector.at("name").get<std::string>());
    CHECK(vector.at("timestamp_rule") == "int64_be");
    CHECK(hash_of(vector) == vector.at("expected_hash_hex").get<std::string>());
    ++checked;
  }
  CHECK(checked == 25);
}

TEST_CASE("a vector's expected hash is the SHA-256 of its parts in a row, so the file agrees with itself") {
  std::size_t checked = 0;
  for (const auto& vector : vectors().at("vectors")) {
    if (!vector.contains("preimage_hex")) continue;
    CAPTURE(vector.at("name").get<std::string>());
    CHECK(sha256_of(from_hex(vector.at("preimage_hex"))) ==
          vector.at("expected_hash_hex").get<std::string>());
    ++checked;
  }
  CHECK(checked == 25);
}

TEST_CASE("a message without timestamp is hashed as by go-waku and nwaku, and not as by js-waku") {
  std::size_t checked = 0;
  for (const auto& vector : vectors().at("vectors")) {
    if (vector.at("timestamp_rule") != "omitted") continue;
    CAPTURE(vector.at("name").get<std::string>());
    CHECK(sample(vector).timestamp == 0);
    CHECK(hash_of(vector) != vector.at("expected_hash_hex").get<std::string>());
    bytes with_zeros = from_hex(vector.at("preimage_hex"));
    with_zeros.resize(with_zeros.size() + 8);
    CHECK(hash_of(vector) == sha256_of(with_zeros));
    ++checked;
  }
  CHECK(checked == 1);
  CHECK(hash_of(vector_named("jswaku-timestamp-absent")) ==
        vector_named("gowaku-timestamp-absent").at("expected_hash_hex").get<std::string>());
}

TEST_CASE("the hash is neither the gossip message id nor the legacy store's digest of the same message") {
  const nlohmann::json& message = vector_named("rfc14-meta-absent");
  for (const auto& other : vectors().at("gossipsub_message_id")) {
    CHECK(hash_of(message) != other.at("expected_message_id_hex").get<std::string>());
  }
  for (const auto& other : vectors().at("legacy_store_digest")) {
    CHECK(other.at("payload_hex") == message.at("payload_hex"));
    CHECK(hash_of(message) != other.at("expected_digest_hex").get<std::string>());
  }
}

TEST_CASE("one hasher gives the same hashes in any order, as fresh ones do") {
  wr::openssl_hasher hasher;
  std::vector<std::pair<sample, std::string>> all;
  for (const auto& vector : vectors().at("vectors")) all.emplace_back(sample(vector), hash_of(vector));
  for (int round = 0; round < 2; ++round) {
    for (const auto& [message, expected] : all) CHECK(to_hex(hasher(message.parts())) == expected);
  }
  for (auto each = all.rbegin(); each != all.rend(); ++each) {
    CHECK(to_hex(hasher(each->first.parts())) == each->second);
  }
}

TEST_CASE("a hasher can be moved and goes on where it is") {
  static_assert(!std::is_copy_constructible_v<wr::openssl_hasher>);
  const nlohmann::json& vector = vector_named("rfc14-meta-12-bytes");
  const sample message(vector);
  wr::openssl_hasher first;
  wr::openssl_hasher second(std::move(first));
  CHECK(to_hex(second(message.parts())) == vector.at("expected_hash_hex").get<std::string>());
  first = std::move(second);
  CHECK(to_hex(first(message.parts())) == vector.at("expected_hash_hex").get<std::string>());
}

TEST_CASE("parts of all lengths around what is gathered give the hash of their bytes in a row") {
  wr::openssl_hasher hasher;
  const std::size_t sizes[] = {0, 1, 100, 247, 248, 255, 256, 257, 600};
  std::uint8_t next = 0;
  const auto make = [&next](std::size_t size) {
    bytes made(size);
    for (std::byte& each : made) each = static_cast<std::byte>(next++ * 37);
    return made;
  };
  const auto text = [](const bytes& from) {
    return std::string_view(reinterpret_cast<const char*>(from.data()), from.size());
  };
  std::size_t wrong = 0;
  for (const std::size_t topic_size : sizes) {
    for (const std::size_t payload_size : sizes) {
      for (const std::size_t content_size : sizes) {
        for (const std::size_t meta_size : sizes) {
          const bytes topic = make(topic_size);
          const bytes payload = make(payload_size);
          const bytes content = make(content_size);
          const bytes meta = make(meta_size);
          bytes joined = topic;
          joined.insert(joined.end(), payload.begin(), payload.end());
          joined.insert(joined.end(), content.begin(), content.end());
          joined.insert(joined.end(), meta.begin(), meta.end());
          for (int place = 1; place <= 8; ++place) joined.push_back(static_cast<std::byte>(place));
          const wr::hash_input parts{text(topic), payload, text(content), meta, 0x0102030405060708};
          if (to_hex(hasher(parts)) != sha256_of(joined)) ++wrong;
        }
      }
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("the bodies of a page are verified at once, and a changed one is found") {
  std::vector<sample> bodies;
  std::vector<std::string> expected;
  for (const auto& vector : vectors().at("vectors")) {
    bodies.emplace_back(vector);
    expected.push_back(hash_of(vector));
  }
  bodies[3].payload.push_back(std::byte{1});
  std::vector<wr::hash_input> page;
  for (const sample& body : bodies) page.push_back(body.parts());
  std::vector<wr::message_hash> hashes(page.size());
  wr::openssl_hasher hasher;
  hasher(page, hashes);
  for (std::size_t each = 0; each < page.size(); ++each) {
    CAPTURE(each);
    CHECK((to_hex(hashes[each]) == expected[each]) == (each != 3));
  }
  const wr::message_hash untouched = hashes[0];
  hasher(std::span(page).first(0), std::span(hashes).first(0));
  CHECK(hashes[0] == untouched);
}

TEST_CASE("a digest takes no memory that grows, and at most one block of OpenSSL's own") {
  REQUIRE(counting);
  wr::openssl_hasher hasher;
  const sample message(vector_named("derived-payload-153600-zero-bytes"));
  std::set<std::byte> first_bytes;
  wr::hash_input parts = message.parts();
  (void)hasher(parts);
  const std::size_t before = allocations;
  const std::size_t held_before = held;
  for (int round = 0; round < 100; ++round) {
    ++parts.timestamp_ns;
    const std::byte first = hasher(parts).bytes[0];
    REQUIRE(held == held_before);
    first_bytes.insert(first);
  }
  CHECK(first_bytes.size() > 10);
  CHECK(allocations - before <= 100);
}

TEST_CASE("a library that offers no such SHA-256 is told when the hasher is made") {
  CHECK_THROWS_WITH_AS(wr::openssl_hasher(nullptr, "provider=nobody"),
                       "OpenSSL offers no SHA-256 with the asked properties", std::runtime_error);
  CHECK_NOTHROW(wr::openssl_hasher(nullptr, "provider=default"));
}

TEST_CASE("texts are hashed one after the other, and nothing else") {
  wr::openssl_hasher hasher;
  CHECK(to_hex(hasher.hash_of_text("toychat", "2")) ==
        "05f470e4bf9fcfe47831f2564603620481c756bd3fae5d4dcfbf980a0f51e3f3");
  CHECK(hasher.hash_of_text("toychat2", "") == hasher.hash_of_text("", "toychat2"));
  CHECK(to_hex(hasher.hash_of_text("", "")) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace openssl_tests
