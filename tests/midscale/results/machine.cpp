// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/results/machine.hpp>

#include <string>

#include <doctest/doctest.h>

namespace machine_tests {

TEST_CASE("the machine is told, and the memory of this process") {
  const midscale::machine here = midscale::this_machine();
  CHECK_FALSE(here.processor.empty());
  CHECK(here.processors >= 1);
  CHECK(here.system.starts_with("Linux "));
  CHECK(here.compiler.find("++ ") != std::string::npos);
  const double before = midscale::peak_memory_mb();
  CHECK(before > 1);
  const std::string large(static_cast<std::size_t>(before * 1e6) + 20'000'000, 'a');
  CHECK(midscale::peak_memory_mb() > before + 10);
  CHECK(large.back() == 'a');
}

}  // namespace machine_tests
