// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/results/tables.hpp>

#include <doctest/doctest.h>

#include "folder_of_test.hpp"
#include "small_run.hpp"

namespace tables_tests {

TEST_CASE("the table of what was sent has a line for each publication") {
  const folder_of_test folder;
  midscale::write_sent(folder.path / "sent.csv", small_run().sent);
  CHECK(midscale::read_text(folder.path / "sent.csv") ==
        "message,at_us,node,shard,bytes\n"
        "0,2100000,0,0,1000\n"
        "1,7200000,1,0,500\n");
}

TEST_CASE("the table of what was received has a line for each receipt, with the way it came") {
  const folder_of_test folder;
  midscale::write_received(folder.path / "received.csv", small_run().received);
  CHECK(midscale::read_text(folder.path / "received.csv") ==
        "message,node,latency_us,hops,by\n"
        "0,1,100000,1,mesh\n"
        "0,3,110500,1,mesh\n"
        "0,2,205000,2,gossip\n"
        "1,0,90000,1,mesh\n"
        "1,2,95000,1,mesh\n"
        "1,3,60000000,0,store\n");
}

}  // namespace tables_tests
