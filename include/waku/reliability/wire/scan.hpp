// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/wire/error.hpp>
#include <waku/reliability/wire/limits.hpp>
#include <waku/reliability/wire/schema.hpp>
#include <waku/reliability/wire/utf8.hpp>
#include <waku/reliability/wire/varint.hpp>

namespace waku::reliability::wire {

/// The fields that stand at the top of a message, whatever their values.
class field_set {
 public:
  void add(field present) noexcept { bits_ |= std::uint64_t{1} << static_cast<unsigned>(present); }
  [[nodiscard]] bool has(field asked) const noexcept {
    return (bits_ >> static_cast<unsigned>(asked) & 1U) != 0;
  }

 private:
  static_assert(static_cast<unsigned>(field::key) < 64);
  std::uint64_t bits_ = 0;
};

/// Looks through the raw bytes of one message before Protobuf does, without taking memory: whether they are
/// well formed, and within every limit. What Protobuf tolerates is tolerated: fields in any order or twice,
/// unknown ones, known ones of another wire type, varints longer than needed.
class scanner {
 public:
  explicit scanner(const limits& most) noexcept : most_(most) {}

  /// Why the bytes are refused; nothing where they are fine. Linear in their number.
  [[nodiscard]] std::optional<rejection> scan(std::span<const std::byte> bytes, const frame_rule& frame) {
    present_ = {};
    unknown_ = 0;
    unknown_max_ = most_.unknown_fields;
    counts_ = {};
    request_id_ = {};
    refused_ = {frame.protocol, field::none, reason::refused};
    const bool fine = bytes.size() > frame_limit(frame, most_)
                          ? refuse(field::frame, reason::too_long)
                          : scan_message(bytes, frame.message, &present_);
    return fine ? std::nullopt : std::optional(refused_);
  }

  /// What is allowed.
  [[nodiscard]] const limits& most() const noexcept { return most_; }
  /// The request's id in the message that was scanned last, also where that was refused: what came of it and was fine.
  /// Empty where there is none. A view of the bytes.
  [[nodiscard]] std::span<const std::byte> request_id() const noexcept { return request_id_; }
  /// How many fields that the schema does not have are in the message that was scanned last.
  [[nodiscard]] std::size_t unknown_fields() const noexcept { return unknown_; }
  /// The fields at the top of the message that was scanned last.
  [[nodiscard]] const field_set& present() const noexcept { return present_; }

 private:
  enum class wire_type : std::uint8_t { varint, fixed64, length, group_start, group_end, fixed32 };
  using byte_span = std::span<const std::byte>;

  bool refuse(field where, reason why) noexcept {
    refused_.field = where;
    refused_.reason = why;
    return false;
  }

  bool read_varint(byte_span& rest, field where, decoded_varint& read) noexcept {
    read = decode_varint(rest);
    if (read.state == varint_state::incomplete) return refuse(where, reason::truncated);
    if (read.state == varint_state::malformed) return refuse(where, reason::malformed_varint);
    rest = rest.subspan(read.size);
    return true;
  }
  bool read_bytes(byte_span& rest, field where, std::uint64_t count, byte_span& value) noexcept {
    if (count > rest.size()) return refuse(where, reason::truncated);
    value = rest.first(static_cast<std::size_t>(count));
    rest = rest.subspan(value.size());
    return true;
  }
  bool read_length_delimited(byte_span& rest, field where, byte_span& value) noexcept {
    decoded_varint length;
    return read_varint(rest, where, length) && read_bytes(rest, where, length.value, value) &&
           (length.size <= short_varint_bytes || refuse(where, reason::malformed_varint));
  }
  bool read_tag(byte_span& rest, std::uint32_t& number, wire_type& type) noexcept {
    decoded_varint tag;
    if (!read_varint(rest, field::unknown, tag)) return false;
    const std::uint64_t low = tag.value & 7U;
    if (tag.size > short_varint_bytes || tag.value > 0xffff'ffffU || tag.value < 8 || low > 5)
      return refuse(field::unknown, reason::malformed_tag);
    number = static_cast<std::uint32_t>(tag.value >> 3U);
    type = static_cast<wire_type>(low);
    return true;
  }

  static const field_rule* find(const message_rule& message, std::uint32_t number) noexcept {
    for (const field_rule& rule : message.fields) {
      if (rule.number == number) return &rule;
    }
    return nullptr;
  }
  static bool fits(field_type expected, wire_type type) noexcept {
    switch (expected) {
      case field_type::number: return type == wire_type::varint;
      case field_type::numbers: return type == wire_type::varint || type == wire_type::length;
      default: return type == wire_type::length;
    }
  }

  // Pages without bodies are nothing but a list of hashes, each an entry of this head and 32 bytes, as Protobuf writes
  // them: these are fine at one look. Other spellings take the way of all fields, to the same end.
  static constexpr std::array<std::byte, 5> lone_hash_head{
      std::byte{0xa2}, std::byte{0x01}, std::byte{2 + message_hash::size},  // 20: messages
      std::byte{0x0a}, std::byte{message_hash::size}};                      // 1: message_hash
  static bool begins_with_lone_hash(byte_span bytes) noexcept {
    return bytes.size() >= lone_hash_head.size() + message_hash::size &&
           std::memcmp(bytes.data(), lone_hash_head.data(), lone_hash_head.size()) == 0;
  }

  bool scan_message(byte_span rest, const message_rule& message, field_set* present) {
    const field_rule* rule = nullptr;
    while (!rest.empty()) {
      if (&message == &schema::store_reply && begins_with_lone_hash(rest)) {
        present->add(field::messages);
        if (!count_element(schema::store_reply_messages)) return false;
        rest = rest.subspan(lone_hash_head.size() + message_hash::size);
        continue;
      }
      std::uint32_t number = 0;
      wire_type type{};
      if (!read_tag(rest, number, type)) return false;
      // The elements of a list stand one after the other.
      if (rule == nullptr || rule->number != number) rule = find(message, number);
      if (rule == nullptr || !fits(rule->type, type)) {
        byte_span after = rest;  // a copy, so that no call keeps `rest` itself out of the registers
        if (!skip(after, number, type)) return false;
        rest = after;
        continue;
      }
      if (present != nullptr) present->add(rule->field);
      if (type == wire_type::varint) {
        decoded_varint value;
        if (!read_varint(rest, rule->field, value) || !count_element(*rule)) return false;
      } else {
        byte_span value;
        if (!read_length_delimited(rest, rule->field, value) || !scan_value(value, *rule)) return false;
      }
    }
    return true;
  }

  bool scan_value(byte_span value, const field_rule& rule) {
    if (rule.bytes_max != nullptr && value.size() > most_.*rule.bytes_max)
      return refuse(rule.field, reason::too_long);
    if (rule.type == field_type::numbers) return scan_packed(value, rule);
    if (!count_element(rule)) return false;
    switch (rule.type) {
      case field_type::message: return scan_message(value, *rule.nested, nullptr);
      case field_type::text: return scan_text(value, rule);
      case field_type::hash_or_none:
        if (value.empty()) return true;
        [[fallthrough]];
      case field_type::hash:
        return value.size() == message_hash::size || refuse(rule.field, reason::wrong_length);
      default: return true;
    }
  }

  bool scan_text(byte_span value, const field_rule& rule) noexcept {
    if (!is_utf8(value)) return refuse(rule.field, reason::not_utf8);
    if (rule.field == field::request_id) request_id_ = value;
    return true;
  }

  bool scan_packed(byte_span values, const field_rule& rule) {
    while (!values.empty()) {
      decoded_varint value;
      if (!read_varint(values, rule.field, value) || !count_element(rule)) return false;
    }
    return true;
  }

  // No repeated field is within another, so a frame needs one count for each.
  bool count_element(const field_rule& rule) noexcept {
    if (rule.elements_max == nullptr) return true;
    if (rule.type == field_type::message) unknown_max_ += most_.unknown_fields_per_element;
    for (counted& each : counts_) {
      if (each.field == field::none) each.field = rule.field;
      if (each.field != rule.field) continue;
      return ++each.count <= most_.*rule.elements_max || refuse(rule.field, reason::too_many);
    }
    return refuse(rule.field, reason::too_many);
  }

  /// A field that Protobuf keeps unread, at a cost: there may be only so many.
  bool skip(byte_span& rest, std::uint32_t number, wire_type type) {
    if (type == wire_type::group_end) return refuse(field::unknown, reason::unbalanced_group);
    // The groups that are open. None is in any schema, so this is not worth recursion.
    std::array<std::uint32_t, group_depth_max> open{};
    std::size_t depth = 0;
    while (true) {
      if (type == wire_type::group_end) {
        if (open[--depth] != number) return refuse(field::unknown, reason::unbalanced_group);
      } else {
        if (++unknown_ > unknown_max_) return refuse(field::unknown, reason::too_many);
        if (type == wire_type::group_start) {
          if (depth == std::min(most_.group_depth, open.size()))
            return refuse(field::unknown, reason::too_deep);
          open[depth++] = number;
        } else if (!skip_value(rest, type)) {
          return false;
        }
      }
      if (depth == 0) return true;
      if (rest.empty()) return refuse(field::unknown, reason::unbalanced_group);
      if (!read_tag(rest, number, type)) return false;
    }
  }
  bool skip_value(byte_span& rest, wire_type type) noexcept {
    byte_span value;
    decoded_varint number;
    switch (type) {
      case wire_type::varint: return read_varint(rest, field::unknown, number);
      case wire_type::fixed64: return read_bytes(rest, field::unknown, 8, value);
      case wire_type::fixed32: return read_bytes(rest, field::unknown, 4, value);
      default: return read_length_delimited(rest, field::unknown, value);
    }
  }

  struct counted {
    wire::field field = wire::field::none;
    std::size_t count = 0;
  };
  static constexpr std::size_t group_depth_max = 32;
  static constexpr std::size_t short_varint_bytes = 5;  // Protobuf reads no more for a tag or a length

  limits most_;
  rejection refused_;
  field_set present_;
  byte_span request_id_;
  std::size_t unknown_ = 0;
  std::size_t unknown_max_ = 0;
  std::array<counted, 2> counts_{};  ///< as many repeated fields as a frame has at most
};

}  // namespace waku::reliability::wire
