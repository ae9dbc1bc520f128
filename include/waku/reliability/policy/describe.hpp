// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include <waku/reliability/policy/sentences.hpp>

namespace waku::reliability {

/// The name of a slot, as slot.hpp spells it.
[[nodiscard]] constexpr std::string_view slot_name(slot place) noexcept {
  switch (place) {
    case slot::publish_route: return "publish_route";
    case slot::receive_route: return "receive_route";
    case slot::pool: return "pool";
    case slot::redundancy: return "redundancy";
    case slot::retransmit: return "retransmit";
    case slot::confirmation: return "confirmation";
    case slot::recovery: return "recovery";
    case slot::cadence: return "cadence";
    case slot::subscription: return "subscription";
    case slot::budget: return "budget";
    case slot::observer: return "observer";
  }
  return "unknown";
}

namespace naming {

// The compiler's signature of this function, where the name of Type stands at the same place for all types.
template <class Type>
consteval std::string_view signature() {
#if defined(_MSC_VER) && !defined(__clang__)
  return __FUNCSIG__;
#else
  return __PRETTY_FUNCTION__;
#endif
}

template <class Type>
consteval std::string_view spelled() {
  constexpr std::string_view known = signature<double>();
  constexpr std::size_t before = known.find("double");
  constexpr std::size_t after = known.size() - before - std::string_view("double").size();
  std::string_view name = signature<Type>();
  name.remove_prefix(before);
  name.remove_suffix(after);
  for (const std::string_view prefix : {std::string_view("struct "), std::string_view("class "),
                                        std::string_view("waku::reliability::")}) {
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  }
  return name;
}

template <class Policy>
consteval std::string_view name_of() {
  if constexpr (requires { std::string_view(Policy::name); }) {
    return Policy::name;
  } else {
    return spelled<Policy>();
  }
}

}  // namespace naming

/// The name of a policy: its `static constexpr std::string_view name` where it has one, else what the
/// compiler calls the type, which may differ a little between compilers.
template <policy Policy>
inline constexpr std::string_view policy_name = naming::name_of<Policy>();

/// Which policy a slot got.
struct slot_choice {
  slot place;
  std::string_view policy;

  friend constexpr bool operator==(const slot_choice&, const slot_choice&) = default;
};

/// Which policy each slot gets when `Set` meets a transport with `Capabilities`, in the order of `slot`.
template <policy_set Set, capability_set Capabilities = all_capabilities>
inline constexpr std::array<slot_choice, 11> slot_choices = [] {
  using chosen = checked_policies<Set, Capabilities>;
  return std::array<slot_choice, 11>{{
      {slot::publish_route, policy_name<typename chosen::publish_route>},
      {slot::receive_route, policy_name<typename chosen::receive_route>},
      {slot::pool, policy_name<typename chosen::pool>},
      {slot::redundancy, policy_name<typename chosen::redundancy>},
      {slot::retransmit, policy_name<typename chosen::retransmit>},
      {slot::confirmation, policy_name<typename chosen::confirmation>},
      {slot::recovery, policy_name<typename chosen::recovery>},
      {slot::cadence, policy_name<typename chosen::cadence>},
      {slot::subscription, policy_name<typename chosen::subscription>},
      {slot::budget, policy_name<typename chosen::budget>},
      {slot::observer, policy_name<typename chosen::observer>},
  }};
}();

/// The same as text for people, a line "slot: policy" for each slot:
/// `std::puts(describe<chat_client, capabilities_of<my_transport, my_message>>().c_str());`
template <policy_set Set, capability_set Capabilities = all_capabilities>
[[nodiscard]] std::string describe() {
  std::string text;
  for (const slot_choice& choice : slot_choices<Set, Capabilities>) {
    text += slot_name(choice.place);
    text += ": ";
    text += choice.policy;
    text += '\n';
  }
  // Arguments of templates are spelled in full.
  constexpr std::string_view ours = "waku::reliability::";
  for (std::size_t at = text.find(ours); at != text.npos; at = text.find(ours, at)) {
    text.erase(at, ours.size());
  }
  return text;
}

}  // namespace waku::reliability
