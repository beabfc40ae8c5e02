// docs/PROTOCOL.md section 9.5 shows messages octet by octet. They are what this code says.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "core/library/documents.hpp"
#include "core/sync/exchange.hpp"
#include "test/sync/local_host.hpp"

namespace skypod::test {
namespace {

using sync::Change;
using sync::Section;
using sync::Stamp;

const std::string feed = "https://feeds.example/show.xml";
const std::string device = "DP_VHZSEavDo";
constexpr sync::Author author{0x0cffd51d94abcdef};
constexpr wire::TimeMs start_ms = 1'700'000'000'000;

/// Section 9.5 without its white space.
std::string recorded() {
  std::ifstream file(std::string(SKYPOD_SOURCE_DIR) + "/docs/PROTOCOL.md");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::size_t from = text.find("### 9.5");
  std::string section = text.substr(from, text.find("\n## ", from) - from);
  std::erase_if(section, [](char letter) { return letter == ' ' || letter == '\n'; });
  return section;
}

void expect_recorded(const char* what, const Bytes& octets) {
  EXPECT_NE(recorded().find("`" + to_hex(octets) + "`"), std::string::npos) << what << ": " << to_hex(octets);
}

Change position(int number, double seconds) {
  return {author, Stamp::of(start_ms + number * 1'000, 0),
          library::play_address(device, feed, "guid:" + std::to_string(number)),
          library::pack_play({.position_s = seconds, .completed = number == 3})};
}

/// A replica that has been told of so many positions.
struct Side {
  explicit Side(int positions) : local(7), replica(local.host(), 7, no_projection), exchange(replica) {
    EXPECT_TRUE(run_database(local.database(), {sync::registers::schema()}));
    EXPECT_TRUE(local.run(replica.load()));
    Section section{.author = author, .since = {}, .upto = {}, .changes = {}};
    for (int i = 1; i <= positions; ++i) section.changes.push_back(position(i, 60.5 * i));
    if (positions == 0) return;
    section.upto = section.changes.back().stamp;
    local.pass(60'000);
    EXPECT_TRUE(local.run(replica.apply({section})));
  }
  static Task<Result<std::vector<core::ask::Statement>, wire::Error>> no_projection(const std::vector<Change>&) {
    co_return std::vector<core::ask::Statement>{};
  }
  sync::Outcome hear(const wire::Envelope& message) {
    return local.run(exchange.receive("peer", message.msg, message.dat));
  }

  LocalHost local;
  sync::Replica replica;
  sync::Exchange exchange;
};

TEST(Recorded, AnEmptyReplicaAsksAndIsAnswered) {
  Side empty(0), full(1);
  const wire::Envelope have = empty.local.run(empty.exchange.connected("peer"));
  expect_recorded("sync.have of an empty replica", wire::to_octets(have));
  const auto answer = full.hear(have);
  ASSERT_EQ(answer.replies.size(), 1U);
  expect_recorded("sync.changes with one change", wire::to_octets(answer.replies[0]));
}

TEST(Recorded, WhatIsNewIsToldToOthers) {
  Side side(1);
  const Section section{author, position(1, 0).stamp, position(2, 0).stamp, {position(2, 121)}};
  const wire::Envelope live = Side(2).exchange.tell(section);
  expect_recorded("sync.changes of a device that has written", wire::to_octets(live));
  const auto outcome = side.hear(live);
  ASSERT_EQ(outcome.news.size(), 1U);
  expect_recorded("sync.news", wire::to_octets(outcome.news[0]));
}

TEST(Recorded, FourChangesAreCoded) {
  Section section{author, {}, position(4, 0).stamp, {}};
  for (int i = 1; i <= 4; ++i) section.changes.push_back(position(i, 60.5 * i));
  expect_recorded("four changes", sync::pack({section}));
}

TEST(Recorded, RangesAreCompared) {
  Side fewer(2), more(3);
  const auto index = fewer.local.run(fewer.replica.index());
  const auto other = more.local.run(more.replica.index());
  ASSERT_TRUE(index && other);
  const Bytes opened = open_ranges(**index);
  expect_recorded("the ranges of two registers", opened);
  const auto answer = answer_ranges(**other, opened);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->lacks.size(), 1U);
}

}  // namespace
}  // namespace skypod::test
