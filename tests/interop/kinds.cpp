// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "kinds.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/wire/proto/rate_limit_proof.pb.h>
#include <waku/reliability/adapter/openssl.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/service/metadata_service.hpp>
#include <waku/reliability/service/peer_exchange_service.hpp>
#include <waku/reliability/service/store_service.hpp>
#include <waku/reliability/wire/codecs.hpp>

#include "json_writer.hpp"
#include "random_fields.hpp"

namespace interop {

namespace ww = wr::wire;
namespace ws = wr::services;

namespace {

using byte_span = std::span<const std::byte>;
using random_source = wr::random_source;

// What is wrong with what was read, field by field.
class findings {
 public:
  explicit findings(const std::optional<ww::rejection>& refused) {
    if (refused) text_ = "refused: " + ww::describe(*refused);
  }
  template <class Value>
  findings& same(std::string_view field, const Value& read, const Value& sent) {
    if (text_.empty() && !(read == sent)) text_ = std::string(field) + " was read wrongly";
    return *this;
  }
  findings& same_message(const wr::message& read, const wr::message& sent) {
    return same("payload", read.payload, sent.payload)
        .same("content_topic", read.content_topic, sent.content_topic)
        .same("version", read.version, sent.version)
        .same("timestamp", read.timestamp, sent.timestamp)
        .same("meta", read.meta, sent.meta)
        .same("rate_limit_proof", read.rate_limit_proof, sent.rate_limit_proof)
        .same("ephemeral", read.ephemeral, sent.ephemeral);
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// js-waku has a schema where others have the bytes of a proof.
std::vector<std::byte> random_proof(random_source& random, dialect peer) {
  if (random.chance(0.7)) return {};
  if (peer == dialect::go_waku) return random_bytes(random, random.below(400));
  ww::proto::RateLimitProof proof;
  const auto part = [&](std::size_t size = 32) {
    return std::string(ww::text_of(random_bytes(random, random.chance(0.1) ? 0 : size)));
  };
  proof.set_proof(part(128));
  proof.set_merkle_root(part());
  proof.set_epoch(part());
  proof.set_share_x(part());
  proof.set_share_y(part());
  proof.set_nullifier(part());
  proof.set_rln_identifier(part());
  std::vector<std::byte> encoded;
  ww::append_bare(proof, encoded);
  return encoded;
}
void write_proof(json_writer& to, byte_span encoded, dialect peer) {
  if (encoded.empty()) return to.null("rate_limit_proof");
  if (peer == dialect::go_waku) return to.bytes("rate_limit_proof", encoded);
  ww::proto::RateLimitProof proof;
  proof.ParseFromArray(encoded.data(), static_cast<int>(encoded.size()));
  to.open("rate_limit_proof", '{');
  to.bytes("proof", ww::bytes_of(proof.proof()));
  to.bytes("merkle_root", ww::bytes_of(proof.merkle_root()));
  to.bytes("epoch", ww::bytes_of(proof.epoch()));
  to.bytes("share_x", ww::bytes_of(proof.share_x()));
  to.bytes("share_y", ww::bytes_of(proof.share_y()));
  to.bytes("nullifier", ww::bytes_of(proof.nullifier()));
  to.bytes("rln_identifier", ww::bytes_of(proof.rln_identifier()));
  to.close('}');
}

wr::message random_message(random_source& random, dialect peer) {
  wr::message made;
  made.payload = random_bytes(random, random.below(random.chance(0.05) ? 3'000 : 64));
  made.content_topic = random_content_topic(random);
  if (random.chance(0.5)) made.version = random_number32(random);
  if (random.chance(0.9)) made.timestamp = random_time(random);
  if (random.chance(0.5)) made.meta = random_bytes(random, 1 + random.below(64));
  made.rate_limit_proof = random_proof(random, peer);
  made.ephemeral = random.chance(0.3);
  return made;
}
void write_members(json_writer& to, const wr::message& m, dialect peer) {
  to.bytes("payload", m.payload);
  to.text("content_topic", m.content_topic);
  to.number_if_any("version", m.version);
  to.wide_if_any("timestamp", m.timestamp);
  to.bytes_if_any("meta", m.meta);
  write_proof(to, m.rate_limit_proof, peer);
  to.boolean_if_any("ephemeral", m.ephemeral);
}
void write_message(json_writer& to, std::string_view name, const wr::message& m, dialect peer) {
  to.open(name, '{');
  write_members(to, m, peer);
  to.close('}');
}
void write_texts(json_writer& to, std::string_view name, const std::vector<std::string>& values) {
  to.open(name, '[');
  for (const std::string& each : values) to.text({}, each);
  to.close(']');
}
void write_time(json_writer& to, std::string_view name, const std::optional<wr::wall_time>& time) {
  time ? to.wide(name, time->time_since_epoch().count()) : to.null(name);
}

// A count in a field of 64 bits. js-waku writes those from 2^31 to below 2^32 wrongly: see the test of that.
std::uint64_t random_count(random_source& random, unsigned bits_max, dialect peer) {
  const std::uint64_t count = random_number(random, bits_max);
  const bool slips = peer == dialect::js_waku && count >> 31U == 1;
  return slips ? count >> 1U : count;
}

std::string random_id(random_source& random) { return random_name(random, 40); }

// A record with the fields written twice: as the library has to send them, and as the peer shall.
template <class WriteFields>
record made(random_source& random, const ww::byte_buffer& frame, WriteFields&& write_fields) {
  const auto text = [&](bool explicit_defaults) {
    json_writer to(explicit_defaults);
    to.open({}, '{');
    write_fields(to);
    to.close('}');
    return to.done();
  };
  record done;
  append_hex(frame, done.frame_hex);
  done.fields = text(false);
  done.send = text(random.chance(0.5));
  return done;
}

record make_message(random_source& random, dialect peer) {
  static ww::message_codec codec;
  static wr::openssl_hasher hasher;
  const wr::message m = random_message(random, peer);
  ww::byte_buffer body;
  codec.encode(m, body);
  ww::byte_buffer frame;
  ww::append_frame(body, frame);
  record done = made(random, frame, [&](json_writer& to) { write_members(to, m, peer); });
  // js-waku hashes messages without a timestamp differently: see the test of that.
  if (peer == dialect::go_waku || m.timestamp != 0) {
    done.hash_topic = random_pubsub_topic(random);
    done.hash_hex = to_hex(hasher(hashed_parts(done.hash_topic, m)));
  }
  done.read_back = [m](byte_span bytes) {
    wr::message read;
    return findings(codec.decode(bytes, read)).same_message(read, m).text();
  };
  return done;
}

record make_store_request(random_source& random, dialect peer) {
  static ww::store_codec codec;
  ww::decoded_store_request sent;
  sent.request_id = random_id(random);
  sent.include_data = random.chance(0.5);
  if (random.chance(0.4)) {
    for (std::uint64_t count = 1 + random.below(20); count > 0; --count)
      sent.hashes.push_back(random_hash(random));
  } else {
    if (random.chance(0.8)) sent.pubsub_topic = random_pubsub_topic(random);
    sent.content_topics = random_content_topics(random, 0);
    sent.time_start = random_wall_time(random);
    sent.time_end = random_wall_time(random);
  }
  if (random.chance(0.5)) sent.cursor = random_bytes(random, 32);
  sent.forward = random.chance(0.5);
  sent.limit = static_cast<std::uint32_t>(random_count(random, 32, peer));
  ww::byte_buffer frame;
  codec.encode_request(sent.view({}), sent.request_id, frame);
  record done = made(random, frame, [&](json_writer& to) {
    to.text("request_id", sent.request_id);
    to.boolean("include_data", sent.include_data);
    to.text_if_any("pubsub_topic", sent.pubsub_topic);
    write_texts(to, "content_topics", sent.content_topics);
    write_time(to, "time_start", sent.time_start);
    write_time(to, "time_end", sent.time_end);
    to.open("message_hashes", '[');
    for (const wr::message_hash& hash : sent.hashes) to.bytes({}, hash.bytes);
    to.close(']');
    sent.cursor.empty() ? to.null("pagination_cursor") : to.bytes("pagination_cursor", sent.cursor);
    to.boolean("pagination_forward", sent.forward);
    to.wide("pagination_limit", sent.limit);
  });
  done.read_back = [sent](byte_span bytes) {
    ww::decoded_store_request read;
    return findings(codec.decode_request(bytes, read))
        .same("request_id", read.request_id, sent.request_id)
        .same("include_data", read.include_data, sent.include_data)
        .same("pubsub_topic", read.pubsub_topic, sent.pubsub_topic)
        .same("content_topics", read.content_topics, sent.content_topics)
        .same("time_start", read.time_start, sent.time_start)
        .same("time_end", read.time_end, sent.time_end)
        .same("message_hashes", read.hashes, sent.hashes)
        .same("pagination_cursor", read.cursor, sent.cursor)
        .same("pagination_forward", read.forward, sent.forward)
        .same("pagination_limit", read.limit, sent.limit)
        .text();
  };
  return done;
}

struct stored_message {
  std::string pubsub_topic;
  wr::message_hash hash;
  std::optional<wr::message> body;
};

record make_store_response(random_source& random, dialect peer) {
  static ww::store_codec codec;
  static wr::openssl_hasher hasher;
  const std::string id = random_id(random);
  const std::string description = random_text(random, 20);
  std::vector<stored_message> stored(random.below(4));
  ws::store_answer<wr::message> answer;
  answer.status = random.chance(0.7) ? 200 : random_number32(random);
  answer.description = description;
  for (stored_message& each : stored) {
    const wr::message m = random_message(random, peer);
    const std::string topic = random_pubsub_topic(random);
    each.hash = hasher(hashed_parts(topic, m));
    if (random.chance(0.7)) {
      each.pubsub_topic = topic;
      each.body = m;
    }
    answer.entries.push_back({each.hash, m.timestamp, each.pubsub_topic, each.body});
  }
  if (random.chance(0.5)) answer.cursor = random_bytes(random, 32);
  ww::byte_buffer frame;
  codec.encode_reply(answer, id, frame);
  record done = made(random, frame, [&](json_writer& to) {
    to.text("request_id", id);
    to.number("status_code", answer.status);
    to.text("status_desc", description);
    to.open("messages", '[');
    for (const stored_message& each : stored) {
      to.open({}, '{');
      to.bytes("message_hash", each.hash.bytes);
      each.body ? write_message(to, "message", *each.body, peer) : to.null("message");
      to.text_if_any("pubsub_topic", each.pubsub_topic);
      to.close('}');
    }
    to.close(']');
    answer.cursor.empty() ? to.null("pagination_cursor") : to.bytes("pagination_cursor", answer.cursor);
  });
  done.read_back = [id, stored, status = answer.status, cursor = answer.cursor](byte_span bytes) {
    wr::store_reply<wr::message> read;
    findings found(codec.decode_reply(bytes, id, read, hasher));
    found.same("status_code", read.status, status)
        .same("pagination_cursor", read.cursor, cursor)
        .same("messages", read.entries.size(), stored.size());
    if (!found.text().empty()) return found.text();
    for (std::size_t index = 0; index < stored.size(); ++index) {
      const wr::store_entry<wr::message>& entry = read.entries[index];
      found.same("message_hash", entry.hash, stored[index].hash)
          .same("message", entry.body.has_value(), stored[index].body.has_value());
      if (entry.body && stored[index].body) found.same_message(*entry.body, *stored[index].body);
    }
    return found.text();
  };
  return done;
}

struct place {
  std::vector<std::byte> digest;
  std::int64_t receiver_time = 0;
  std::int64_t sender_time = 0;
  std::string pubsub_topic;

  friend bool operator==(const place&, const place&) = default;
};
void write_place(json_writer& to, const place& cursor) {
  to.open("cursor", '{');
  to.bytes("digest", cursor.digest);
  to.wide("receiver_time", cursor.receiver_time);
  to.wide("sender_time", cursor.sender_time);
  to.text("pubsub_topic", cursor.pubsub_topic);
  to.close('}');
}
place read_place(byte_span encoded) {
  ww::proto::Index index;
  index.ParseFromArray(encoded.data(), static_cast<int>(encoded.size()));
  const byte_span digest = ww::bytes_of(index.digest());
  return {{digest.begin(), digest.end()}, index.receiver_time(), index.sender_time(), index.pubsub_topic()};
}

record make_legacy_store_request(random_source& random, dialect) {
  static ww::legacy_store_codec codec;
  ww::decoded_store_request sent;
  sent.request_id = random_id(random);
  if (random.chance(0.8)) sent.pubsub_topic = random_pubsub_topic(random);
  sent.content_topics = random_content_topics(random, 0);
  sent.time_start = random_wall_time(random);
  sent.time_end = random_wall_time(random);
  sent.forward = random.chance(0.5);
  sent.limit = random_number32(random);
  place cursor;
  if (random.chance(0.5)) {
    cursor = {random_bytes(random, 32), random_time(random), random_time(random),
              random_pubsub_topic(random)};
    ww::proto::Index index;
    index.set_digest(cursor.digest.data(), cursor.digest.size());
    index.set_receiver_time(cursor.receiver_time);
    index.set_sender_time(cursor.sender_time);
    index.set_pubsub_topic(cursor.pubsub_topic);
    ww::append_bare(index, sent.cursor);
  }
  ww::byte_buffer frame;
  codec.encode_request(sent.view({}), sent.request_id, frame);
  record done = made(random, frame, [&](json_writer& to) {
    to.text("request_id", sent.request_id);
    to.open("query", '{');
    to.text("pubsub_topic", sent.pubsub_topic);
    to.open("content_filters", '[');
    for (const std::string& topic : sent.content_topics) {
      to.open({}, '{');
      to.text("content_topic", topic);
      to.close('}');
    }
    to.close(']');
    to.open("paging_info", '{');
    to.wide("page_size", sent.limit);
    sent.cursor.empty() ? to.null("cursor") : write_place(to, cursor);
    to.number("direction", sent.forward ? 1 : 0);
    to.close('}');
    write_time(to, "start_time", sent.time_start);
    write_time(to, "end_time", sent.time_end);
    to.close('}');
    to.null("response");
  });
  done.read_back = [sent, cursor](byte_span bytes) {
    ww::decoded_store_request read;
    return findings(codec.decode_request(bytes, read))
        .same("request_id", read.request_id, sent.request_id)
        .same("pubsub_topic", read.pubsub_topic, sent.pubsub_topic)
        .same("content_filters", read.content_topics, sent.content_topics)
        .same("start_time", read.time_start, sent.time_start)
        .same("end_time", read.time_end, sent.time_end)
        .same("cursor", read.cursor, cursor.digest)
        .same("direction", read.forward, sent.forward)
        .same("page_size", read.limit, sent.limit)
        .same("the protocol", read.legacy, true)
        .text();
  };
  return done;
}

record make_legacy_store_response(random_source& random, dialect peer) {
  static ww::legacy_store_codec codec;
  // What a status becomes on the wire, and there again.
  struct failure {
    std::uint32_t status;
    std::uint32_t error;
  };
  constexpr std::array<failure, 3> failures = {{{300, 1}, {429, 429}, {503, 503}}};
  ww::decoded_store_request asked;
  asked.request_id = random_id(random);
  asked.pubsub_topic = random_pubsub_topic(random);
  asked.forward = random.chance(0.5);
  ws::store_answer<wr::message> answer;
  std::vector<wr::message> messages;
  failure outcome{200, 0};
  if (random.chance(0.2)) {
    outcome = failures[random.below(failures.size())];
  } else {
    messages.resize(random.below(4));
    for (wr::message& m : messages) {
      m = random_message(random, peer);
      answer.entries.push_back({{}, m.timestamp, asked.pubsub_topic, m});
    }
    if (random.chance(0.5)) answer.cursor = random_bytes(random, 32);
  }
  answer.status = outcome.status;
  ww::byte_buffer frame;
  codec.encode_reply(answer, asked, frame);
  const place cursor{answer.cursor, 0, 0, answer.cursor.empty() ? "" : asked.pubsub_topic};
  record done = made(random, frame, [&](json_writer& to) {
    to.text("request_id", asked.request_id);
    to.null("query");
    to.open("response", '{');
    to.open("messages", '[');
    for (const wr::message& m : messages) write_message(to, {}, m, peer);
    to.close(']');
    if (outcome.error != 0) {
      to.null("paging_info");
    } else {
      to.open("paging_info", '{');
      to.wide("page_size", static_cast<std::int64_t>(messages.size()));
      answer.cursor.empty() ? to.null("cursor") : write_place(to, cursor);
      to.number("direction", asked.forward ? 1 : 0);
      to.close('}');
    }
    to.number("error", outcome.error);
    to.close('}');
  });
  done.read_back = [id = asked.request_id, messages, cursor, status = outcome.status](byte_span bytes) {
    wr::store_reply<wr::message> read;
    findings found(codec.decode_reply(bytes, id, read));
    found.same("error", read.status, status)
        .same("cursor", read_place(read.cursor), cursor)
        .same("messages", read.entries.size(), messages.size());
    if (!found.text().empty()) return found.text();
    for (std::size_t index = 0; index < messages.size(); ++index) {
      found.same("a message", read.entries[index].body.has_value(), true);
      if (found.text().empty()) found.same_message(*read.entries[index].body, messages[index]);
    }
    return found.text();
  };
  return done;
}

record make_filter_request(random_source& random, dialect) {
  static ww::filter_codec codec;
  using enum ww::filter_request_kind;
  ww::decoded_filter_request sent;
  sent.request_id = random_id(random);
  sent.kind = static_cast<ww::filter_request_kind>(random.below(4));
  if (sent.kind == subscribe || sent.kind == unsubscribe) {
    sent.pubsub_topic = random_pubsub_topic(random);
    sent.content_topics = random_content_topics(random, 1);
  }
  ww::byte_buffer frame;
  if (sent.kind == ping)
    codec.encode_request(wr::filter_ping_request{{}, {}, sent.pubsub_topic}, sent.request_id, frame);
  if (sent.kind == subscribe)
    codec.encode_request(wr::filter_subscribe_request{{}, {}, sent.pubsub_topic, sent.topic_views()},
                         sent.request_id, frame);
  if (sent.kind == unsubscribe)
    codec.encode_request(wr::filter_unsubscribe_request{{}, {}, sent.pubsub_topic, sent.topic_views()},
                         sent.request_id, frame);
  if (sent.kind == unsubscribe_all) codec.encode_unsubscribe_all(sent.request_id, frame);
  record done = made(random, frame, [&](json_writer& to) {
    to.text("request_id", sent.request_id);
    to.number("filter_subscribe_type", static_cast<std::uint32_t>(sent.kind));
    to.text_if_any("pubsub_topic", sent.pubsub_topic);
    write_texts(to, "content_topics", sent.content_topics);
  });
  done.read_back = [sent](byte_span bytes) {
    ww::decoded_filter_request read;
    return findings(codec.decode_request(bytes, read))
        .same("request_id", read.request_id, sent.request_id)
        .same("filter_subscribe_type", read.kind, sent.kind)
        .same("pubsub_topic", read.pubsub_topic, sent.pubsub_topic)
        .same("content_topics", read.content_topics, sent.content_topics)
        .text();
  };
  return done;
}

record make_filter_response(random_source& random, dialect) {
  static ww::filter_codec codec;
  const std::string id = random_id(random);
  const std::uint32_t status = random.chance(0.5) ? 200 : random_number32(random);
  const std::string description = random_text(random, 20);
  ww::byte_buffer frame;
  codec.encode_reply(status, description, id, frame);
  record done = made(random, frame, [&](json_writer& to) {
    to.text("request_id", id);
    to.number("status_code", status);
    to.text_if_any("status_desc", description);
  });
  done.read_back = [id, status](byte_span bytes) {
    wr::filter_reply read;
    return findings(codec.decode_reply(bytes, id, read)).same("status_code", read.status, status).text();
  };
  return done;
}

record make_filter_push(random_source& random, dialect peer) {
  static ww::filter_push_codec codec;
  const wr::message m = random_message(random, peer);
  const std::string topic = random_pubsub_topic(random);
  ww::byte_buffer frame;
  codec.encode(topic, m, frame);
  record done = made(random, frame, [&](json_writer& to) {
    write_message(to, "waku_message", m, peer);
    to.text("pubsub_topic", topic);
  });
  done.read_back = [m, topic](byte_span bytes) {
    ww::decoded_filter_push<wr::message> read;
    return findings(codec.decode(bytes, read))
        .same_message(read.message, m)
        .same("pubsub_topic", read.pubsub_topic, std::optional(topic))
        .text();
  };
  return done;
}

record make_lightpush_request(random_source& random, dialect peer) {
  static ww::lightpush_codec codec;
  const std::string id = random_id(random);
  const std::string topic = random.chance(0.8) ? random_pubsub_topic(random) : "";
  const wr::message m = random_message(random, peer);
  ww::byte_buffer frame;
  codec.encode_request(wr::lightpush_request<wr::message>{{}, {}, topic, m, {}}, id, frame);
  record done = made(random, frame, [&](json_writer& to) {
    to.text("request_id", id);
    topic.empty() ? to.null("pubsub_topic") : to.text("pubsub_topic", topic);
    write_message(to, "message", m, peer);
  });
  done.read_back = [id, topic, m](byte_span bytes) {
    ww::decoded_lightpush_request<wr::message> read;
    return findings(codec.decode_request(bytes, read))
        .same("request_id", read.request_id, id)
        .same("pubsub_topic", read.pubsub_topic, topic.empty() ? std::nullopt : std::optional(topic))
        .same_message(read.message, m)
        .text();
  };
  return done;
}

record make_lightpush_response(random_source& random, dialect) {
  static ww::lightpush_codec codec;
  const std::string id = random_id(random);
  wr::lightpush_reply sent;
  sent.status = random.chance(0.5) ? 200 : random_number32(random);
  sent.description = random_text(random, 20);
  if (random.chance(0.5)) sent.relay_peer_count = random_number32(random);
  ww::byte_buffer frame;
  codec.encode_reply(sent, id, frame);
  record done = made(random, frame, [&](json_writer& to) {
    to.text("request_id", id);
    to.number("status_code", sent.status);
    to.text_if_any("status_desc", sent.description);
    sent.relay_peer_count ? to.number("relay_peer_count", *sent.relay_peer_count)
                          : to.null("relay_peer_count");
  });
  done.read_back = [id, sent](byte_span bytes) {
    wr::lightpush_reply read;
    return findings(codec.decode_reply(bytes, id, read))
        .same("status_code", read.status, sent.status)
        .same("status_desc", read.description, sent.description)
        .same("relay_peer_count", read.relay_peer_count, sent.relay_peer_count)
        .same("the protocol", read.legacy, false)
        .text();
  };
  return done;
}

record make_legacy_lightpush_request(random_source& random, dialect peer) {
  static ww::legacy_lightpush_codec codec;
  const std::string id = random_id(random);
  const std::string topic = random_pubsub_topic(random);
  const wr::message m = random_message(random, peer);
  ww::byte_buffer frame;
  codec.encode_request(wr::lightpush_request<wr::message>{{}, {}, topic, m, {}}, id, frame);
  record done = made(random, frame, [&](json_writer& to) {
    to.text("request_id", id);
    to.open("request", '{');
    to.text("pubsub_topic", topic);
    write_message(to, "message", m, peer);
    to.close('}');
    to.null("response");
  });
  done.read_back = [id, topic, m](byte_span bytes) {
    ww::decoded_lightpush_request<wr::message> read;
    return findings(codec.decode_request(bytes, read))
        .same("request_id", read.request_id, id)
        .same("pubsub_topic", read.pubsub_topic, std::optional(topic))
        .same_message(read.message, m)
        .text();
  };
  return done;
}

record make_legacy_lightpush_response(random_source& random, dialect) {
  static ww::legacy_lightpush_codec codec;
  const std::string id = random_id(random);
  wr::lightpush_reply sent;
  sent.status = random.chance(0.5) ? 200 : 500;
  sent.description = random_text(random, 20);
  ww::byte_buffer frame;
  codec.encode_reply(sent, id, frame);
  record done = made(random, frame, [&](json_writer& to) {
    to.text("request_id", id);
    to.null("request");
    to.open("response", '{');
    to.boolean("is_success", sent.status == 200);
    to.text_if_any("info", sent.description);
    to.close('}');
  });
  done.read_back = [id, sent](byte_span bytes) {
    wr::lightpush_reply read;
    return findings(codec.decode_reply(bytes, id, read))
        .same("is_success", read.status, sent.status)
        .same("info", read.description, sent.description)
        .same("the protocol", read.legacy, true)
        .text();
  };
  return done;
}

// Request and response are alike. js-waku has the unpacked shards only, go-waku calls them deprecated.
record make_metadata(random_source& random, dialect peer) {
  static ww::metadata_codec codec;
  ws::metadata sent;
  if (random.chance(0.9)) sent.cluster = static_cast<std::uint32_t>(random_number(random, 16));
  for (std::uint64_t count = random.below(40); count > 0; --count)
    sent.shards.push_back(static_cast<std::uint32_t>(random_number(random, 16)));
  ww::byte_buffer frame;
  codec.encode(sent, frame);
  record done = made(random, frame, [&](json_writer& to) {
    sent.cluster ? to.number("cluster_id", *sent.cluster) : to.null("cluster_id");
    for (const std::string_view name : {"shards", "shards_deprecated"}) {
      if (name != "shards" && peer == dialect::js_waku) break;
      to.open(name, '[');
      for (const std::uint32_t shard : sent.shards) to.number({}, shard);
      to.close(']');
    }
  });
  done.read_back = [sent](byte_span bytes) {
    ws::metadata read;
    return findings(codec.decode(bytes, read))
        .same("cluster_id", read.cluster, sent.cluster)
        .same("shards", read.shards, sent.shards)
        .text();
  };
  return done;
}

record make_peer_exchange_request(random_source& random, dialect peer) {
  static ww::peer_exchange_codec codec;
  const ws::peer_exchange_request sent{{}, random_count(random, 63, peer)};
  ww::byte_buffer frame;
  codec.encode_request(sent, frame);
  record done = made(random, frame, [&](json_writer& to) {
    to.open("query", '{');
    // js-waku's field has presence, ours and go-waku's have not.
    const auto number = static_cast<std::int64_t>(sent.num_peers);
    peer == dialect::js_waku ? to.wide_if_any("num_peers", number) : to.wide("num_peers", number);
    to.close('}');
    to.null("response");
  });
  done.read_back = [sent](byte_span bytes) {
    ws::peer_exchange_request read;
    return findings(codec.decode_request(bytes, read))
        .same("num_peers", read.num_peers, sent.num_peers)
        .text();
  };
  return done;
}

// The status is nwaku's and unknown to both: it has to be skipped, and is not there on the way back.
record make_peer_exchange_response(random_source& random, dialect) {
  static ww::peer_exchange_codec codec;
  ws::peer_exchange_reply sent;
  if (random.chance(0.5)) sent.status = random_number32(random);
  for (std::uint64_t count = random.below(6); count > 0; --count)
    sent.enrs.push_back(random_bytes(random, 1 + random.below(300)));
  ww::byte_buffer frame;
  codec.encode_reply(sent, frame);
  record done = made(random, frame, [&](json_writer& to) {
    to.open("query", '{');
    to.close('}');
    to.open("response", '{');
    to.open("peer_infos", '[');
    for (const std::vector<std::byte>& enr : sent.enrs) {
      to.open({}, '{');
      to.bytes("enr", enr);
      to.close('}');
    }
    to.close(']');
    to.close('}');
  });
  done.read_back = [sent](byte_span bytes) {
    ws::peer_exchange_reply read;
    return findings(codec.decode_reply(bytes, read))
        .same("status_code", read.status, std::optional<std::uint32_t>())
        .same("peer_infos", read.enrs, sent.enrs)
        .text();
  };
  return done;
}

// What gossipsub carries; go-waku sends it by go-libp2p-pubsub.
record make_relay(random_source& random, dialect peer) {
  static ww::relay_codec codec;
  const wr::message m = random_message(random, peer);
  const std::string topic = random_pubsub_topic(random);
  ww::byte_buffer frame;
  codec.encode(topic, m, frame);
  record done = made(random, frame, [&](json_writer& to) {
    to.open("subscriptions", '[');
    to.close(']');
    to.open("publish", '[');
    to.open({}, '{');
    to.text("topic", topic);
    write_message(to, "data", m, peer);
    to.close('}');
    to.close(']');
  });
  done.read_back = [m, topic](byte_span bytes) {
    wr::message read;
    std::string read_topic;
    std::size_t count = 0;
    const auto refused =
        codec.decode<wr::message>(bytes, [&](std::string_view on, const wr::message& given, byte_span) {
          read_topic = on;
          read = given;
          ++count;
        });
    return findings(refused)
        .same("publish", count, std::size_t{1})
        .same("topic", read_topic, topic)
        .same_message(read, m)
        .text();
  };
  return done;
}

// Those that one peer lacks stand at the ends: go-waku lightpush v3, js-waku the legacy store; and js-waku's
// gossipsub is a large package of others.
constexpr std::array<kind, 17> all_kinds = {{
    {"lightpush_request", make_lightpush_request},
    {"lightpush_response", make_lightpush_response},
    {"message", make_message},
    {"store_request", make_store_request},
    {"store_response", make_store_response},
    {"filter_request", make_filter_request},
    {"filter_response", make_filter_response},
    {"filter_push", make_filter_push},
    {"legacy_lightpush_request", make_legacy_lightpush_request},
    {"legacy_lightpush_response", make_legacy_lightpush_response},
    {"metadata_request", make_metadata},
    {"metadata_response", make_metadata},
    {"peer_exchange_request", make_peer_exchange_request},
    {"peer_exchange_response", make_peer_exchange_response},
    {"legacy_store_request", make_legacy_store_request},
    {"legacy_store_response", make_legacy_store_response},
    {"relay", make_relay},
}};
constexpr std::size_t kinds_without_go_waku = 2;
constexpr std::size_t kinds_without_js_waku = 3;

}  // namespace

std::span<const kind> kinds_of(dialect peer) {
  const std::span<const kind> all(all_kinds);
  return peer == dialect::go_waku ? all.subspan(kinds_without_go_waku)
                                  : all.first(all.size() - kinds_without_js_waku);
}

}  // namespace interop
