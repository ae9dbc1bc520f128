// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/describe.hpp>

#include <set>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <waku/reliability/policy/confirmation/k_of_n.hpp>
#include <waku/reliability/policy/preset.hpp>

namespace shop {

struct patient_pool : waku::reliability::quarantine_pool {};
struct renamed_pool : waku::reliability::quarantine_pool {
  static constexpr std::string_view name = "our pool";
};
template <class Level>
struct log_at : waku::reliability::silent {};
struct loud {};

}  // namespace shop

namespace describe_tests {

namespace wr = waku::reliability;

struct own_policies : wr::policies<shop::patient_pool, shop::log_at<shop::loud>,
                                   wr::k_of_n<2, wr::store_presence, wr::filter_echo>> {};
struct own_name : wr::policies<shop::renamed_pool> {};

TEST_CASE("a description names the policy of every slot, a line each, in the order of the slots") {
  CHECK(wr::describe<wr::light_client>() ==
        "publish_route: lightpush_only\n"
        "receive_route: filter_only\n"
        "pool: quarantine_pool\n"
        "redundancy: redundant\n"
        "retransmit: exponential_backoff\n"
        "confirmation: store_audit\n"
        "recovery: periodic_audit\n"
        "cadence: fixed_cadence\n"
        "subscription: pinged_subscription\n"
        "budget: unlimited\n"
        "observer: silent\n");
}

TEST_CASE("a description depends on what the transport can do") {
  using wr::capability_set;
  const std::string relay = wr::describe<wr::minimal, capability_set{.relay = true}>();
  CHECK(relay.starts_with("publish_route: relay_only\nreceive_route: relay_reception\npool: plain_pool\n"));
  const std::string light = wr::describe<wr::minimal, capability_set{.lightpush = true, .filter = true}>();
  CHECK(light.starts_with("publish_route: lightpush_only\nreceive_route: filter_only\npool: plain_pool\n"));
}

TEST_CASE("a policy of the user's own has its full name, or the one that it gives itself") {
  CHECK(wr::policy_name<shop::patient_pool> == "shop::patient_pool");
  CHECK(wr::policy_name<shop::renamed_pool> == "our pool");
  CHECK(wr::policy_name<wr::quarantine_pool> == "quarantine_pool");
  const std::string text = wr::describe<own_policies>();
  CHECK(text.find("\npool: shop::patient_pool\n") != text.npos);
  CHECK(text.find("\nobserver: shop::log_at<shop::loud>\n") != text.npos);
  CHECK(wr::describe<own_name>().find("\npool: our pool\n") != text.npos);
}

TEST_CASE("policies within policies lose the library's prefix too") {
  const std::string text = wr::describe<own_policies>();
  CHECK(text.find("store_presence, filter_echo>\n") != text.npos);
  CHECK(text.find("waku::reliability") == text.npos);
}

TEST_CASE("the choices are there while compiling") {
  constexpr auto choices = wr::slot_choices<wr::relay_node>;
  static_assert(choices[0] == wr::slot_choice{wr::slot::publish_route, "relay_only"});
  static_assert(choices[10].place == wr::slot::observer);
  std::set<wr::slot> places;
  for (const wr::slot_choice& choice : choices) places.insert(choice.place);
  CHECK(places.size() == 11);
}

TEST_CASE("every slot has a name of its own") {
  std::set<std::string_view> names;
  for (int number = 0; number <= static_cast<int>(wr::slot::observer); ++number) {
    const std::string_view name = wr::slot_name(static_cast<wr::slot>(number));
    CHECK(name != "unknown");
    names.insert(name);
  }
  CHECK(names.size() == 11);
  CHECK(wr::slot_name(static_cast<wr::slot>(99)) == "unknown");
}

}  // namespace describe_tests
