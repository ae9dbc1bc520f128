// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace interop {

inline void append_hex(std::span<const std::byte> bytes, std::string& target) {
  constexpr char digits[] = "0123456789abcdef";
  const std::size_t begin = target.size();
  target.resize(begin + 2 * bytes.size());
  char* place = target.data() + begin;
  const std::byte* const first = bytes.data();
  for (std::size_t index = 0; index < bytes.size(); ++index) {
    const auto byte = static_cast<unsigned>(first[index]);
    *place++ = digits[byte >> 4U];
    *place++ = digits[byte & 15U];
  }
}

/// Writes the fields of a message as JSON, by their names in the schemas. Bytes are {"hex": "00ff"} and numbers
/// of 64 bits {"int": "-1"}, so that a peer needs no schema to tell them from text and small numbers; an absent
/// field is null. Values in lists have no name.
class json_writer {
 public:
  /// With `explicit_defaults` what is empty or zero is written as such where it would be null: for the peer to
  /// send it so.
  explicit json_writer(bool explicit_defaults) : explicit_defaults_(explicit_defaults) {}

  void open(std::string_view name, char bracket) {
    begin(name);
    text_ += bracket;
    comma_ = false;
  }
  void close(char bracket) {
    text_ += bracket;
    comma_ = true;
  }
  void null(std::string_view name) { raw(name, "null"); }
  void text(std::string_view name, std::string_view value) {
    begin(name);
    quote(value);
  }
  void bytes(std::string_view name, std::span<const std::byte> value) {
    raw(name, "{\"hex\":\"");
    append_hex(value, text_);
    text_ += "\"}";
  }
  void number(std::string_view name, std::uint32_t value) { raw(name, std::to_string(value)); }
  void wide(std::string_view name, std::int64_t value) {
    raw(name, "{\"int\":\"" + std::to_string(value) + "\"}");
  }
  void boolean(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }

  // Fields that the library leaves out where they say nothing.
  void text_if_any(std::string_view name, std::string_view value) {
    shown(!value.empty()) ? text(name, value) : null(name);
  }
  void bytes_if_any(std::string_view name, std::span<const std::byte> value) {
    shown(!value.empty()) ? bytes(name, value) : null(name);
  }
  void number_if_any(std::string_view name, std::uint32_t value) {
    shown(value != 0) ? number(name, value) : null(name);
  }
  void wide_if_any(std::string_view name, std::int64_t value) {
    shown(value != 0) ? wide(name, value) : null(name);
  }
  void boolean_if_any(std::string_view name, bool value) { shown(value) ? boolean(name, value) : null(name); }

  [[nodiscard]] const std::string& done() const { return text_; }

 private:
  [[nodiscard]] bool shown(bool says_something) const { return says_something || explicit_defaults_; }
  void begin(std::string_view name) {
    if (comma_) text_ += ',';
    comma_ = true;
    if (name.empty()) return;
    quote(name);
    text_ += ':';
  }
  void raw(std::string_view name, std::string_view value) {
    begin(name);
    text_ += value;
  }
  void quote(std::string_view value) {
    text_ += '"';
    const char* written = value.data();
    const char* const end = value.data() + value.size();
    for (const char* place = written; place != end; ++place) {
      const char letter = *place;
      if (letter != '"' && letter != '\\' && static_cast<unsigned char>(letter) >= 0x20) continue;
      text_.append(written, place);
      text_ += "\\u00";
      const auto byte = static_cast<std::byte>(letter);
      append_hex({&byte, 1}, text_);
      written = place + 1;
    }
    text_.append(written, end);
    text_ += '"';
  }

  std::string text_;
  bool explicit_defaults_;
  bool comma_ = false;
};

}  // namespace interop
