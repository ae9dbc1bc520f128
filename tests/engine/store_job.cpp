// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/store_job.hpp>

#include <doctest/doctest.h>

#include <cstddef>

#include <engine/publishing.hpp>

namespace store_job_tests {

using namespace publishing;

using store_job = wr::store_job<wr::light_client>;

TEST_CASE("a rewound query begins at the first page, and keeps what it asks for") {
  store_job job;
  job.purpose = wr::store_purpose::listing;
  job.content_topics = {"/a/1/b/proto"};
  job.hashes.resize(2);
  job.count = 2;
  job.tried.add(peer(1));
  job.cursor.assign(32, std::byte{1});
  job.cursors_before.push_back(job.cursor);
  job.pages = 3;
  job.listed.push_back(static_cast<wr::request_id>(1));
  job.present[1] = true;
  rewind(job);
  CHECK(job.cursor.empty());
  CHECK(job.cursors_before.empty());
  CHECK(job.pages == 0);
  CHECK(job.listed.empty());
  CHECK_FALSE(job.present[1]);
  CHECK(job.purpose == wr::store_purpose::listing);
  CHECK(job.content_topics.size() == 1);
  CHECK(job.hashes.size() == 2);
  CHECK(job.count == 2);
  CHECK(job.tried.contains(peer(1)));
}

TEST_CASE("a query has room for the 50 hashes that one request may carry, by number in place") {
  CHECK(store_job::hash_limit == 50);
  CHECK(store_job{}.slots.size() == 50);
  CHECK(store_job{}.present.size() == 50);
  CHECK(sizeof(store_job::slots) == 200);
}

TEST_CASE("records of queries are used again: presence queries of a long run need as many as ran at once") {
  // The 100 messages of each minute go into two queries of 50 hashes each.
  wt::scripted_node<presence_client> it(exact_times());
  it.transport.sink().peer_appeared(peer(1), pushes_only);
  it.transport.sink().peer_appeared(peer(2), stores_only);
  it.settle();
  it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
  for (int minute = 0; minute < 20; ++minute) {
    CHECK(publish_many(it, 100).size() == 100);
    it.clock.run_for(60s);
  }
  CHECK(it.host.outcomes().size() == 2'000);
  CHECK(it.transport.count(operation_kind::store_query) == 40);
  for (const request* each : it.transport.requests(operation_kind::store_query)) {
    CHECK(each->hashes.size() == 50);
    CHECK(each->limit == 50);
  }
  CHECK(it.node.operations() == 0);
}

}  // namespace store_job_tests
