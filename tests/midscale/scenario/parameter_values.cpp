// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/scenario/parameter_values.hpp>

#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace parameter_values_tests {

using namespace midscale;

std::string refusal(std::string_view assignment) {
  parameters into;
  const parameters before = into;
  try {
    set_parameter(into, assignment);
  } catch (const std::invalid_argument& error) {
    CHECK(into == before);
    return error.what();
  }
  return "";
}

TEST_CASE("a parameter is set by its name, whatever its kind") {
  parameters into;
  set_parameter(into, "relays=5000");
  set_parameter(into, "rate=0.5");
  set_parameter(into, "idontwant=true");
  set_parameter(into, "topology=small_world");
  CHECK(into.relays == 5'000);
  CHECK(into.rate == 0.5);
  CHECK(into.idontwant);
  CHECK(into.topology == "small_world");
}

TEST_CASE("what cannot be set is told with what may be") {
  CHECK(refusal("raet=1") == "there is no parameter raet; did you mean rate?");
  CHECK(refusal("rate") == "'rate' sets nothing: write name=value");
  CHECK(refusal("rate=") == "rate cannot be '': it is a number from 0 to 100000");
  CHECK(refusal("rate=nan") == "rate cannot be 'nan': it is a number from 0 to 100000");
  CHECK(refusal("rate=-1") == "rate cannot be '-1': it is a number from 0 to 100000");
  CHECK(refusal("rate=1x") == "rate cannot be '1x': it is a number from 0 to 100000");
  CHECK(refusal("relays=1.5") == "relays cannot be '1.5': it is a whole number");
  CHECK(refusal("discv5=yes") == "discv5 cannot be 'yes': it is true or false");
  CHECK(refusal("topology=regular") ==
        "topology cannot be 'regular': did you mean random_regular? It is one of random_regular small_world "
        "scale_free file discovered");
}

TEST_CASE("parameters come back from their file") {
  parameters changed;
  set_parameter(changed, "shards=8");
  set_parameter(changed, "latency=fixed");
  set_parameter(changed, "gossip_factor=0.05");
  set_parameter(changed, "scoring=true");
  parameters back;
  read_parameters(back, json::parse(to_json(changed).dump()));
  CHECK(back == changed);
  CHECK_THROWS_AS(read_parameters(back, json{{"nodes_of_all", 1}}), std::invalid_argument);
  CHECK_THROWS_AS(read_parameters(back, json{{"rate", nullptr}}), std::invalid_argument);
}

TEST_CASE("each parameter has a name of its own, a meaning, and a default that may be set") {
  std::set<std::string_view> names;
  const json defaults = to_json({});
  for (const parameter& each : parameter_table()) {
    CAPTURE(each.name);
    CHECK(names.insert(each.name).second);
    CHECK_FALSE(each.meaning.empty());
  }
  parameters back;
  CHECK_NOTHROW(read_parameters(back, defaults));
  CHECK(back == parameters{});
}

TEST_CASE("a network is made larger or smaller in its proportions") {
  parameters mix;
  mix.services = 8;
  mix.relays = 192;
  mix.lights = 1'000;
  scale_to(mix, 120);
  CHECK(mix.services == 3);
  CHECK(mix.relays == 17);
  CHECK(mix.lights == 100);
  scale_to(mix, 5);
  CHECK(mix.services == 3);
  CHECK(mix.relays == 1);
  CHECK(mix.lights == 1);
  parameters plain;
  scale_to(plain, 5'000);
  CHECK(plain.relays == 5'000);
  CHECK(plain.nodes() == 5'000);
  mix.scenario = "light-mix";
  CHECK_THROWS_WITH_AS(scale_to(mix, 2), "2 nodes are too few for light-mix", std::invalid_argument);
}

}  // namespace parameter_values_tests
