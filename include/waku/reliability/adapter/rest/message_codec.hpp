// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <nlohmann/json.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/adapter/rest/text.hpp>
#include <waku/reliability/core/message_traits.hpp>

/// Messages as JSON. nlohmann-json is asked in the ways that throw nothing but std::bad_alloc.
namespace waku::reliability::rest {

using json = nlohmann::json;

/// A member of an object; nullptr where it is no object, lacks it, or has null there.
[[nodiscard]] inline const json* member_of(const json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

/// A member that is a text.
[[nodiscard]] inline const std::string* text_of(const json& object, const char* key) {
  const json* found = member_of(object, key);
  return found == nullptr ? nullptr : found->get_ptr<const json::string_t*>();
}

/// A whole number, which may be written as a text, as some encoders do beyond 2^53.
[[nodiscard]] inline std::optional<std::int64_t> whole_number(const json& value) {
  if (const auto* number = value.get_ptr<const json::number_unsigned_t*>()) {
    if (*number > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    return static_cast<std::int64_t>(*number);
  }
  if (const auto* number = value.get_ptr<const json::number_integer_t*>()) return *number;
  if (const auto* text = value.get_ptr<const json::string_t*>()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error == std::errc{} && end == text->data() + text->size()) return number;
  }
  return std::nullopt;
}

/// Nothing where the member is there and is no base64; empty where it is not there.
[[nodiscard]] inline std::optional<std::vector<std::byte>> bytes_of(const json& object, const char* key) {
  if (member_of(object, key) == nullptr) return std::vector<std::byte>{};
  const std::string* text = text_of(object, key);
  return text == nullptr ? std::nullopt : from_base64(*text);
}

/// A message as every route takes it. Its content topic must be UTF-8.
template <waku_message Message>
[[nodiscard]] json json_of(const Message& m) {
  using traits = message_traits<Message>;
  json object = json::object();
  object["payload"] = to_base64(traits::payload(m));
  object["contentTopic"] = std::string(traits::content_topic(m));
  object["timestamp"] = traits::timestamp(m);
  object["ephemeral"] = static_cast<bool>(traits::ephemeral(m));
  if (!traits::meta(m).empty()) object["meta"] = to_base64(traits::meta(m));
  if constexpr (requires { traits::version(m); }) object["version"] = traits::version(m);
  if constexpr (requires { traits::rate_limit_proof(m); }) {
    if (!traits::rate_limit_proof(m).empty()) object["proof"] = to_base64(traits::rate_limit_proof(m));
  }
  return object;
}

/// A message that a node wrote. Nothing where a field is not what it must be, or the content topic is missing.
template <buildable_message Message>
[[nodiscard]] std::optional<Message> message_of(const json& object) {
  const std::string* content_topic = text_of(object, "contentTopic");
  const auto payload = bytes_of(object, "payload");
  const auto meta = bytes_of(object, "meta");
  if (content_topic == nullptr || !payload || !meta) return std::nullopt;
  message_parts parts;
  parts.payload = *payload;
  parts.content_topic = *content_topic;
  parts.meta = *meta;
  if (const json* timestamp = member_of(object, "timestamp")) {
    const auto number = whole_number(*timestamp);
    if (!number) return std::nullopt;
    parts.timestamp = *number;
  }
  if (const json* ephemeral = member_of(object, "ephemeral")) {
    const auto* flag = ephemeral->get_ptr<const json::boolean_t*>();
    if (flag == nullptr) return std::nullopt;
    parts.ephemeral = *flag;
  }
  if (const json* version = member_of(object, "version")) {
    const auto number = whole_number(*version);
    if (!number || *number < 0 || *number > static_cast<std::int64_t>(UINT32_MAX)) return std::nullopt;
    parts.version = static_cast<std::uint32_t>(*number);
  }
  // Of a proof that is written otherwise nothing is known, and the hash does not need it.
  std::vector<std::byte> proof;
  if (text_of(object, "proof") != nullptr)
    proof = bytes_of(object, "proof").value_or(std::vector<std::byte>{});
  parts.rate_limit_proof = proof;
  return message_traits<Message>::make(parts);
}

/// JSON as a body. Texts in it must be UTF-8; what is not is left out rather than thrown for.
[[nodiscard]] inline std::string body_of(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::ignore);
}

/// So many values may be in a body. Each takes up to eighty bytes once read, but as little as one as text.
constexpr std::size_t json_values_max = std::size_t{1} << 20;

/// True if a body may have more values than is allowed. Linear.
[[nodiscard]] inline bool has_too_many_values(std::string_view body) noexcept {
  std::size_t values = 0;
  bool in_text = false;
  for (std::size_t at = 0; at < body.size() && values <= json_values_max; ++at) {
    const char each = body[at];
    if (each == '"') in_text = !in_text;
    if (in_text && each == '\\') ++at;
    if (!in_text && (each == '[' || each == '{' || each == ',')) ++values;
  }
  return values > json_values_max;
}

/// A body as JSON; `is_discarded()` where it is none, or has too many values.
[[nodiscard]] inline json read_json(std::string_view body) {
  if (has_too_many_values(body)) return json(json::value_t::discarded);
  return json::parse(body.begin(), body.end(), nullptr, false);
}

}  // namespace waku::reliability::rest
