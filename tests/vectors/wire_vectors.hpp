// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/wire/proto/rate_limit_proof.pb.h>
#include <waku/reliability/wire/codecs.hpp>

#include "../wire/hex.hpp"

/// The vectors of wire.json, and messages of our schemas by the fields that they name.
namespace wire_vectors {

using nlohmann::json;
namespace ww = waku::reliability::wire;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

inline json read(const char* name) {
  const auto beside = std::filesystem::path(__FILE__).parent_path() / name;
  // Compilers may be told to keep the machine's folders out of __FILE__; tests run in the project's folder.
  std::ifstream file(std::filesystem::exists(beside) ? beside
                                                     : std::filesystem::path("tests/vectors") / name);
  if (!file) throw std::runtime_error("no vectors: " + std::string(name));
  return json::parse(file);
}
inline const json& wire() {
  static const json read_once = read("wire.json");
  return read_once;
}

inline std::vector<std::byte> bytes_of_vector(const json& vector) {
  return bytes_from_hex(vector.at("hex").get<std::string>());
}

/// An empty message of our schemas by its name.
inline std::unique_ptr<Message> make(const std::string& name) {
  static const Message* const all[] = {
      &ww::proto::WakuMessage::default_instance(),
      &ww::proto::RateLimitProof::default_instance(),
      &ww::proto::RPC::default_instance(),
      &ww::proto::StoreQueryRequest::default_instance(),
      &ww::proto::StoreQueryResponse::default_instance(),
      &ww::proto::WakuMessageKeyValue::default_instance(),
      &ww::proto::HistoryRPC::default_instance(),
      &ww::proto::FilterSubscribeRequest::default_instance(),
      &ww::proto::FilterSubscribeResponse::default_instance(),
      &ww::proto::MessagePush::default_instance(),
      &ww::proto::LightPushRequest::default_instance(),
      &ww::proto::LightPushResponse::default_instance(),
      &ww::proto::PushRpc::default_instance(),
      &ww::proto::WakuMetadataRequest::default_instance(),
      &ww::proto::WakuMetadataResponse::default_instance(),
      &ww::proto::PeerExchangeRPC::default_instance(),
  };
  for (const Message* each : all) {
    if (each->GetDescriptor()->name() == name) return std::unique_ptr<Message>(each->New());
  }
  throw std::runtime_error("no schema of " + name);
}

/// The frame that a vector's message stands in; the sides of a protocol differ in their limits only.
inline const ww::frame_rule* frame_of(const std::string& name) {
  if (name == "WakuMessage") return &ww::frames::message;
  if (name == "RPC") return &ww::frames::relay;
  if (name == "StoreQueryRequest") return &ww::frames::store_request;
  if (name == "StoreQueryResponse") return &ww::frames::store_reply;
  if (name == "HistoryRPC") return &ww::frames::legacy_store_reply;
  if (name == "FilterSubscribeRequest") return &ww::frames::filter_request;
  if (name == "FilterSubscribeResponse") return &ww::frames::filter_reply;
  if (name == "MessagePush") return &ww::frames::filter_push;
  if (name == "LightPushRequest") return &ww::frames::lightpush_request;
  if (name == "LightPushResponse") return &ww::frames::lightpush_reply;
  if (name == "PushRpc") return &ww::frames::legacy_lightpush_request;
  if (name == "WakuMetadataRequest" || name == "WakuMetadataResponse") return &ww::frames::metadata;
  if (name == "PeerExchangeRPC") return &ww::frames::peer_exchange;
  return nullptr;  // no frame holds it by itself
}

inline std::int64_t signed_number(const json& value) {
  return value.is_string() ? std::stoll(value.get<std::string>()) : value.get<std::int64_t>();
}
inline std::uint64_t unsigned_number(const json& value) {
  return value.is_string() ? std::stoull(value.get<std::string>()) : value.get<std::uint64_t>();
}
inline std::string text_of_hex(const json& value) {
  return std::string(ww::text_of(bytes_from_hex(value.get<std::string>())));
}

inline void fill(Message& target, const json& fields);

/// Sets one field, or adds one element to it.
inline void set(Message& target, const FieldDescriptor& field, const json& value) {
  const auto& reflection = *target.GetReflection();
  const auto put = [&](auto set_one, auto add_one, auto&& given) {
    if (field.is_repeated()) {
      (reflection.*add_one)(&target, &field, given);
    } else {
      (reflection.*set_one)(&target, &field, given);
    }
  };
  using google::protobuf::Reflection;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return put(&Reflection::SetBool, &Reflection::AddBool, value.get<bool>());
    case FieldDescriptor::CPPTYPE_UINT32:
      return put(&Reflection::SetUInt32, &Reflection::AddUInt32,
                 static_cast<std::uint32_t>(unsigned_number(value)));
    case FieldDescriptor::CPPTYPE_UINT64:
      return put(&Reflection::SetUInt64, &Reflection::AddUInt64, unsigned_number(value));
    case FieldDescriptor::CPPTYPE_INT64:
      return put(&Reflection::SetInt64, &Reflection::AddInt64, signed_number(value));
    case FieldDescriptor::CPPTYPE_ENUM:
      return put(&Reflection::SetEnumValue, &Reflection::AddEnumValue,
                 static_cast<int>(signed_number(value)));
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text =
          field.type() == FieldDescriptor::TYPE_BYTES ? text_of_hex(value) : value.get<std::string>();
      if (field.is_repeated()) return reflection.AddString(&target, &field, text);
      return reflection.SetString(&target, &field, text);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return fill(field.is_repeated() ? *reflection.AddMessage(&target, &field)
                                      : *reflection.MutableMessage(&target, &field),
                  value);
    default: throw std::runtime_error("a type that no vector has: " + std::string(field.name()));
  }
}

/// Sets every field that the vector names, and only those.
inline void fill(Message& target, const json& fields) {
  for (const auto& [name, value] : fields.items()) {
    const FieldDescriptor* field = target.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr) throw std::runtime_error("no field " + name);
    if (!field->is_repeated()) {
      set(target, *field, value);
    } else {
      for (const json& element : value) set(target, *field, element);
    }
  }
}

inline std::unique_ptr<Message> make(const std::string& name, const json& fields) {
  auto made = make(name);
  fill(*made, fields);
  return made;
}

/// Whether a field has the value that it would have if it were absent.
inline bool is_default(const Message& m, const FieldDescriptor& field) {
  const auto& reflection = *m.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL: return !reflection.GetBool(m, &field);
    case FieldDescriptor::CPPTYPE_UINT32: return reflection.GetUInt32(m, &field) == 0;
    case FieldDescriptor::CPPTYPE_UINT64: return reflection.GetUInt64(m, &field) == 0;
    case FieldDescriptor::CPPTYPE_INT64: return reflection.GetInt64(m, &field) == 0;
    case FieldDescriptor::CPPTYPE_ENUM: return reflection.GetEnumValue(m, &field) == 0;
    case FieldDescriptor::CPPTYPE_STRING: return reflection.GetString(m, &field).empty();
    default: return false;
  }
}

/// Removes what stands for nothing where the authors' schemas have no presence, but ours have: fields that are
/// there with a default value, which the vector does not name. And what no schema has.
inline void remove_unnamed_defaults(Message& target, const json& fields) {
  const auto& reflection = *target.GetReflection();
  reflection.MutableUnknownFields(&target)->Clear();
  std::vector<const FieldDescriptor*> present;
  reflection.ListFields(target, &present);
  for (const FieldDescriptor* field : present) {
    const bool message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (fields.contains(std::string(field->name()))) {
      const json& value = fields.at(std::string(field->name()));
      if (message && !field->is_repeated())
        remove_unnamed_defaults(*reflection.MutableMessage(&target, field), value);
      for (int place = 0; message && field->is_repeated() && place < reflection.FieldSize(target, field);
           ++place)
        remove_unnamed_defaults(*reflection.MutableRepeatedMessage(&target, field, place),
                                value.at(static_cast<std::size_t>(place)));
      continue;
    }
    if (message || field->is_repeated()) continue;
    if (is_default(target, *field)) reflection.ClearField(&target, field);
  }
}

}  // namespace wire_vectors
