// Replicas over real SQLite: what one writes another has, whatever way it went.
#include "core/sync/replica.hpp"

#include <gtest/gtest.h>

#include "core/sync/exchange.hpp"
#include "test/sync/local_host.hpp"

namespace skypod::test {
namespace {

using sync::Address;
using sync::Change;
using sync::Section;
using sync::Stamp;
using wire::Json;

constexpr wire::TimeMs minute = 60'000;
constexpr wire::TimeMs day = 24 * 60 * minute;

/// A replica with its own database and its side of the conversation.
struct Side {
  explicit Side(std::uint64_t number, std::uint64_t seed = 0)
      : local(number * 100 + seed), replica(local.host(), number, no_projection), exchange(replica) {
    EXPECT_TRUE(run_database(local.database(), {sync::registers::schema()}));
    EXPECT_TRUE(local.run(replica.load()));
  }
  static Task<Result<std::vector<core::ask::Statement>, wire::Error>> no_projection(const std::vector<Change>&) {
    co_return std::vector<core::ask::Statement>{};
  }
  Section write(const std::string& name, Json value) {
    auto section = local.run(replica.write({{{"note", "", name, "text"}, std::move(value)}}));
    EXPECT_TRUE(section);
    return section ? *section : Section{};
  }
  Json read(const std::string& name) { return read_from(replica, name); }
  Json read_from(sync::Replica& from, const std::string& name) {
    const auto found = local.run(from.versions_of({{"note", "", name, "text"}}));
    return found && (*found)[0] ? (*found)[0]->value : Json();
  }
  std::string all() {
    const auto rows =
        run_database(local.database(),
                     {{{"SELECT a.author, stamp, key, collection, s.scope, name, field, value FROM registers r JOIN "
                        "sync_authors a ON a.id = r.author JOIN sync_scopes s ON s.id = r.scope ORDER BY key"}}});
    EXPECT_TRUE(rows) << (rows ? "" : rows.error().detail);
    return rows ? to_hex(wire::to_cbor(*rows)) : "";
  }
  const sync::Summary& summary() const { return replica.summary(); }

  LocalHost local;
  sync::Replica replica;
  sync::Exchange exchange;
};

struct Traffic {
  std::size_t messages = 0;
  std::size_t octets = 0;
};

/// Delivers everything that two sides say to each other until they are silent.
Traffic talk(Side& a, Side& b, std::vector<wire::Envelope> to_b, std::vector<wire::Envelope> to_a) {
  Traffic traffic;
  while ((!to_a.empty() || !to_b.empty()) && traffic.messages < 1'000) {
    const bool here = !to_b.empty();
    std::vector<wire::Envelope>& queue = here ? to_b : to_a;
    const wire::Envelope message = queue.front();
    queue.erase(queue.begin());
    ++traffic.messages;
    const Bytes octets = wire::to_octets(message);
    EXPECT_LT(octets.size(), 192U * 1024U);
    traffic.octets += octets.size();
    const Json dat = *wire::parse_cbor(wire::to_cbor(message.dat));
    Side& side = here ? b : a;
    const auto outcome = side.local.run(side.exchange.receive(here ? "a" : "b", message.msg, dat));
    EXPECT_FALSE(outcome.problem);
    std::vector<wire::Envelope>& back = here ? to_a : to_b;
    back.insert(back.end(), outcome.replies.begin(), outcome.replies.end());
  }
  return traffic;
}

Traffic meet(Side& a, Side& b) {
  return talk(a, b, {a.local.run(a.exchange.connected("b"))}, {b.local.run(b.exchange.connected("a"))});
}

void expect_same(Side& a, Side& b) {
  EXPECT_EQ(a.all(), b.all());
  EXPECT_EQ(a.summary(), b.summary());
}

TEST(Replica, WhatIsWrittenIsThereAfterARestart) {
  Side side(1);
  side.write("a", "one");
  side.write("a", 2);
  sync::Replica again(side.local.host(), 1, Side::no_projection);
  ASSERT_TRUE(side.local.run(again.load()));
  EXPECT_EQ(again.summary(), side.summary());
  EXPECT_EQ(again.versions(), side.replica.versions());
  EXPECT_EQ(again.author(), side.replica.author());
  EXPECT_EQ(side.read_from(again, "a"), 2);
  EXPECT_EQ(side.summary().count, 1U);
}

TEST(Replica, AsManyAsAreWrittenAtOnceAreThereAndAreWrittenOver) {
  Side a(1), b(2);
  std::size_t count = 0;
  for (const std::size_t size : {1U, 49U, 50U, 51U, 100U, 130U}) {  // 50 go into one statement
    for (const char* value : {"first", "second"}) {
      std::vector<sync::Write> writes;
      for (std::size_t i = 0; i < size; ++i) {
        writes.push_back(
            {{"note", std::to_string(i % 3), std::to_string(size) + "." + std::to_string(i), "text"}, value});
      }
      const auto section = a.local.run(a.replica.write(writes));
      ASSERT_TRUE(section);
      EXPECT_EQ(section->changes.size(), size);
      const auto applied = b.local.run(b.replica.apply({*section}));
      ASSERT_TRUE(applied);
      EXPECT_EQ(applied->won, size);
      EXPECT_EQ(applied->collections, std::set<std::string>{"note"});
      const auto rows = run_database(a.local.database(),
                                     {{{"SELECT count(*) FROM registers WHERE value = ?", Json::array({value})}}});
      ASSERT_TRUE(rows);
      EXPECT_GE((*rows)[0][0][0].get<std::size_t>(), size);
      expect_same(a, b);
    }
    count += size;
    EXPECT_EQ(a.summary().count, count);
  }
}

TEST(Replica, TwoAddressesWithOneKeyStopNobody) {
  Side a(1), b(2);
  const Address at{"note", "scope", "x", "text"};
  a.write("before", 1);
  const auto planted =
      run_database(a.local.database(),
                   {{{"UPDATE registers SET key = ?", Json::array({sync::registers::octets(sync::key_of(at))})}}});
  ASSERT_TRUE(planted);
  std::vector<sync::Write> writes{{at, 2}, {{"note", "scope", "y", "text"}, 3}};
  const auto section = b.local.run(b.replica.write(writes));
  ASSERT_TRUE(section);
  const auto applied = a.local.run(a.replica.apply({*section}));
  ASSERT_TRUE(applied) << applied.error().detail;
  const auto found = a.local.run(a.replica.versions_of({{"note", "scope", "y", "text"}}));
  ASSERT_TRUE(found && (*found)[0]);
  EXPECT_EQ((*found)[0]->value, 3);
}

TEST(Replica, TheLaterWriteWinsOnBothSides) {
  Side a(1), b(2);
  a.write("x", "early");
  b.local.pass(1'000);
  b.write("x", "late");
  a.write("only a", 1.5);
  b.write("only b", nullptr);
  meet(a, b);
  expect_same(a, b);
  EXPECT_EQ(a.read("x"), "late");
  EXPECT_EQ(a.summary().count, 3U);
}

TEST(Replica, ALivePushNeedsNoQuestion) {
  Side a(1), b(2);
  meet(a, b);
  const Section section = a.write("x", 1);
  EXPECT_EQ(talk(a, b, {a.exchange.tell(section)}, {}).messages, 1U);
  expect_same(a, b);
}

TEST(Replica, AGapIsAskedFor) {
  Side a(1), b(2);
  meet(a, b);
  a.write("lost", 1);
  const Section second = a.write("x", 2);
  talk(a, b, {a.exchange.tell(second)}, {});
  expect_same(a, b);
}

TEST(Replica, AFirstSyncOfThousandsGoesOnToItsEnd) {
  Side a(1), b(2), c(3);
  for (int i = 0; i < 30; ++i) {
    std::vector<sync::Write> writes;
    for (int j = 0; j < 1'000; ++j) {
      writes.push_back({{"note", "scope " + std::to_string(j % 7), std::to_string(i * 1'000 + j), "text"},
                        std::string(60, 'a') + std::to_string(j * i)});
    }
    a.local.pass(10);
    ASSERT_TRUE(a.local.run(a.replica.write(std::move(writes))));
  }
  meet(a, b);
  expect_same(a, b);
  meet(b, c);
  expect_same(a, c);
}

TEST(Replica, AStampFromTheFutureIsNeitherStoredNorPassedOn) {
  Side fast(1), honest(2);
  honest.write("x", "good");
  for (const wire::TimeMs ahead : {day, 10 * 365 * day}) {
    fast.local.set_now(honest.local.now() + ahead);
    fast.write("x", "from the future");
    meet(fast, honest);
    EXPECT_EQ(honest.read("x"), "good");
  }
  Change forged{{0x77}, Stamp{UINT64_MAX >> 1}, {"note", "", "x", "text"}, "max"};
  ASSERT_TRUE(honest.local.run(honest.replica.apply({{{0x77}, {}, forged.stamp, {forged}}})));
  ASSERT_TRUE(honest.local.run(honest.replica.apply({{{0x77}, {}, {}, {forged}}})));
  EXPECT_EQ(honest.read("x"), "good");
  EXPECT_EQ(honest.summary().count, 1U);
  honest.local.pass(1'000);
  honest.write("x", "still wins");
  EXPECT_EQ(honest.read("x"), "still wins");
  for (const auto& [author, upto] : honest.replica.versions()) EXPECT_LE(upto.ms(), honest.local.now());
}

TEST(Replica, ADeviceWhoseClockWasAYearOffLosesNothing) {
  for (const wire::TimeMs off : {365 * day, -365 * day}) {
    Side wrong(1), right(2);
    meet(wrong, right);
    wrong.local.pass(off);
    wrong.write("mine", "written meanwhile");
    right.write("yours", "too");
    meet(wrong, right);
    wrong.local.set_now(right.local.now());  // set right, and the server agrees
    wrong.replica.trust_clock(0);
    meet(wrong, right);
    expect_same(wrong, right);
    EXPECT_EQ(right.read("mine"), "written meanwhile");
    EXPECT_EQ(wrong.read("yours"), "too");
    wrong.local.pass(1'000);
    right.local.pass(2'000);
    right.write("mine", "an honest write wins");
    meet(wrong, right);
    EXPECT_EQ(wrong.read("mine"), "an honest write wins");
  }
}

/// Two devices a day ahead have heard of a write; its author is set right and writes again.
struct GivenUp {
  GivenUp() {
    for (Side* side : {&author, &witness}) side->local.pass(day);
    author.write("x", "given up");
    meet(author, witness);
    author.local.pass(-day);
    author.replica.trust_clock(0);
    author.write("x", "newer");
    EXPECT_EQ(author.read("x"), "newer");
    EXPECT_EQ(witness.read("x"), "given up");
  }
  Side author{1}, witness{2};
};

TEST(Replica, WhatWasGivenUpDoesNotComeBackWhileTheClockIsWrongAgain) {
  GivenUp is;
  is.author.local.pass(day);
  meet(is.author, is.witness);
  expect_same(is.author, is.witness);
  EXPECT_EQ(is.author.read("x"), "newer");
  for (Side* side : {&is.author, &is.witness}) {
    side->local.pass(-day);
    side->replica.trust_clock(0);
  }
  meet(is.author, is.witness);
  expect_same(is.author, is.witness);
  EXPECT_EQ(is.author.read("x"), "newer");
}

TEST(Replica, WhatWasGivenUpDoesNotComeBackWhenItsTimeHasCome) {
  GivenUp is;
  is.author.local.pass(day);
  is.author.replica.trust_clock(0);
  meet(is.author, is.witness);
  meet(is.witness, is.author);
  expect_same(is.author, is.witness);
  EXPECT_EQ(is.author.read("x"), "newer");
}

TEST(Replica, WhatWasGivenUpTwiceDoesNotComeBackAfterARestart) {
  GivenUp is;
  is.author.local.pass(2 * day);
  is.author.write("y", "further ahead");
  is.author.local.pass(-2 * day);
  is.author.replica.trust_clock(0);
  is.author.write("y", "newer too");
  is.author.local.pass(day);
  sync::Replica again(is.author.local.host(), 1, Side::no_projection);
  ASSERT_TRUE(is.author.local.run(again.load()));
  sync::Versions none;
  const auto batch = is.witness.local.run(is.witness.replica.next_batch(none));
  ASSERT_TRUE(batch);
  ASSERT_TRUE(is.author.local.run(again.apply(batch->sections)));
  EXPECT_EQ(is.author.read_from(again, "x"), "newer");
  EXPECT_EQ(is.author.read_from(again, "y"), "newer too");
}

TEST(Replica, ALifeThatOthersKnowIsNotLivedAgain) {
  GivenUp is;  // an old copy of the author's database is put back, from before it lived on
  const sync::Author known = is.author.replica.author().next_life();
  const Stamp stamp = Stamp::of(is.author.local.now(), 0);
  ASSERT_TRUE(is.author.local.run(
      is.author.replica.apply({{known, {}, stamp, {{known, stamp, {"note", "", "y", "text"}, "from then"}}}})));
  is.author.local.pass(day);
  is.author.write("z", "ahead");
  is.author.local.pass(-day);
  is.author.replica.trust_clock(0);
  is.author.write("z", "set right");
  EXPECT_EQ(is.author.replica.author(), known.next_life());
  EXPECT_EQ(is.author.read("y"), "from then");
}

TEST(Replica, AClockThatStartsIn1970GivesNothingUpAndItsWritesStillWin) {
  Side a(1), b(2);
  a.write("x", "kept");
  meet(a, b);
  b.local.set_now(0);
  sync::Replica again(b.local.host(), 2, Side::no_projection);
  ASSERT_TRUE(b.local.run(again.load()));
  EXPECT_EQ(again.summary(), a.summary());
  b.write("x", "after having seen it");
  meet(a, b);
  EXPECT_EQ(a.read("x"), "after having seen it");
}

TEST(Replica, ADeviceThatLostItsDatabaseIsAnotherAuthorAndGetsEverythingBack) {
  Side before(1), other(2);
  before.write("x", "kept");
  before.write("y", 7);
  meet(before, other);
  Side fresh(1, 1);
  EXPECT_EQ(fresh.replica.author().device(), before.replica.author().device());
  fresh.write("x", "new life");
  fresh.local.pass(10);
  meet(fresh, other);
  expect_same(fresh, other);
  EXPECT_EQ(fresh.read("y"), 7);
}

TEST(Replica, AForgedClaimHidesNothingForLong) {
  Side author(1), other(2);
  author.write("a", "real 1");
  author.write("b", "real 2");
  // Somebody tells `other` that it has everything of the author.
  const Stamp upto = author.replica.versions().at(author.replica.author());
  ASSERT_TRUE(other.local.run(other.replica.apply({{author.replica.author(), {}, upto, {}}})));
  EXPECT_EQ(other.replica.versions(), author.replica.versions());
  meet(author, other);
  expect_same(author, other);
  EXPECT_EQ(other.read("a"), "real 1");
}

/// News is said by one side only: the other one compares, whether its own sum is the smaller one or not.
void expect_news_to_bring_what_is_hidden(bool from_author) {
  Side author(1), other(2);
  author.write("a", "real 1");
  author.write("b", "real 2");
  const Stamp upto = author.replica.versions().at(author.replica.author());
  ASSERT_TRUE(other.local.run(other.replica.apply({{author.replica.author(), {}, upto, {}}})));
  Side& teller = from_author ? author : other;
  wire::Envelope news = teller.local.run(teller.exchange.connected("peer"));
  news.msg = "sync.news";
  if (from_author) {
    talk(author, other, {news}, {});
  } else {
    talk(author, other, {}, {news});
  }
  expect_same(author, other);
  EXPECT_EQ(other.read("b"), "real 2");
}

TEST(Replica, NewsWithTheGreaterSumShowsWhatIsHidden) {
  expect_news_to_bring_what_is_hidden(true);
}

TEST(Replica, NewsWithTheSmallerSumShowsWhatIsHidden) {
  expect_news_to_bring_what_is_hidden(false);
}

TEST(Replica, WritesThatCrossTheAnswersDoNotKeepALieHidden) {
  Side author(1), other(2);
  author.write("a", "real 1");
  const Stamp upto = author.replica.versions().at(author.replica.author());
  ASSERT_TRUE(other.local.run(other.replica.apply({{author.replica.author(), {}, upto, {}}})));
  const wire::Envelope from_author = author.local.run(author.exchange.connected("b"));
  const wire::Envelope from_other = other.local.run(other.exchange.connected("a"));
  // Either side writes before it hears what the other one claims, and again before the other one's answer ends.
  std::vector<wire::Envelope> to_author{from_other}, to_other{from_author};
  for (int i = 0; i < 3; ++i) {
    to_other.push_back(author.exchange.tell(author.write("x" + std::to_string(i), i)));
    to_author.push_back(other.exchange.tell(other.write("y" + std::to_string(i), i)));
  }
  talk(author, other, std::move(to_other), std::move(to_author));
  expect_same(author, other);
  EXPECT_EQ(other.read("a"), "real 1");
}

TEST(Replica, ALiveChangeShowsThatALieWasToldMeanwhile) {
  Side author(1), other(2);
  meet(author, other);
  author.write("a", "real 1");  // and its message is lost
  const Stamp upto = author.replica.versions().at(author.replica.author());
  ASSERT_TRUE(other.local.run(other.replica.apply({{author.replica.author(), {}, upto, {}}})));
  talk(author, other, {author.exchange.tell(author.write("b", "real 2"))}, {});
  expect_same(author, other);
  EXPECT_EQ(other.read("a"), "real 1");
}

TEST(Replica, WhatIsComparedGoesNoFurtherThanWhatIsKnown) {
  Side a(1);
  const Stamp known = Stamp::of(a.local.now(), 0);
  const Stamp later = Stamp::of(a.local.now() + 1'000, 0);
  const Change early{{0x55}, known, {"note", "", "x", "text"}, 1};
  const Change late{{0x55}, later, {"note", "", "y", "text"}, 2};
  ASSERT_TRUE(a.local.run(a.replica.apply({{{0x55}, {}, known, {}}})));
  ASSERT_TRUE(a.local.run(a.replica.apply({{{0x55}, {}, {}, {early, late}}})));
  EXPECT_EQ(a.read("x"), 1);
  EXPECT_EQ(a.read("y"), nullptr);  // nothing would find it again if its stamp were from a wrong clock
}

TEST(Replica, AFloodOfQuestionsIsPassedOverAndMadeUpForLater) {
  Side a(1), b(2);
  for (int i = 0; i < 200; ++i) a.write(std::to_string(i), std::string(200, 'x'));
  const wire::Envelope have = b.local.run(b.exchange.connected("a"));
  std::size_t answered = 0;
  for (int i = 0; i < 2'000; ++i) {
    const auto outcome = a.local.run(a.exchange.receive("b", have.msg, have.dat));
    ASSERT_EQ(outcome.replies.size(), 1U);  // whoever asks hears an end
    answered += outcome.replies[0].dat["p"].get_binary().size() > 100 ? 1 : 0;
  }
  EXPECT_EQ(answered, 256U);
  EXPECT_TRUE(a.exchange.has_passed_over());
  EXPECT_TRUE(a.exchange.resume({"b"}).empty());  // not yet
  a.local.pass(1'000);
  std::vector<wire::Envelope> to_b;
  for (const auto& [peer, message] : a.exchange.resume({"b"})) to_b.push_back(message);
  EXPECT_FALSE(a.exchange.has_passed_over());
  b.exchange.disconnected("a");
  talk(a, b, std::move(to_b), {});
  expect_same(a, b);
}

TEST(Replica, AFloodOfChangesIsPassedOverAndMadeUpForLater) {
  Side a(1), b(2);
  std::size_t refused = 0;
  for (int i = 0; i < 2'000; ++i) {
    const wire::Envelope live = a.exchange.tell(a.write(std::to_string(i), i));
    const auto outcome = b.local.run(b.exchange.receive("a", live.msg, live.dat));
    for (const wire::Envelope& reply : outcome.replies) refused += reply.typ == wire::Typ::err ? 1 : 0;
  }
  EXPECT_EQ(b.summary().count, 1'024U);
  EXPECT_EQ(refused, 1U);
  EXPECT_TRUE(b.exchange.has_passed_over());
  b.local.pass(1'000);
  a.local.pass(1'000);
  std::vector<wire::Envelope> to_a;
  for (const auto& [peer, message] : b.exchange.resume({"a"})) to_a.push_back(message);
  talk(a, b, {}, std::move(to_a));
  expect_same(a, b);
}

TEST(Replica, AnAnswerWhoseEndIsPassedOverIsAskedForAgain) {
  Side b(2);
  sync::Exchange narrow(b.replica, {.changes = {.refill_ms = 50, .burst = 1}});
  b.local.run(narrow.connected("a"));
  Json changes{{"p", wire::binary(sync::pack({}))}};
  b.local.run(narrow.receive("a", "sync.changes", changes));
  changes["e"] = wire::binary(Bytes(12, 'e'));
  b.local.run(narrow.receive("a", "sync.changes", changes));
  b.local.pass(60'000);
  const auto again = narrow.resume({"a"});
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[1].second.msg, "sync.have");
}

TEST(Replica, AnswersAreBoundedInOctetsAndGoOnLater) {
  Side a(1), b(2);
  Random random(1);
  for (int i = 0; i < 100; ++i) a.write(std::to_string(i), to_hex(random.bytes(4'000)));
  sync::Exchange frugal(a.replica, {.answers = {.refill_ms = 1, .burst = 1'024}});
  const wire::Envelope have = b.local.run(b.exchange.connected("a"));
  std::size_t octets = 0;
  for (int i = 0; i < 10; ++i) {
    const auto outcome = a.local.run(frugal.receive("b", have.msg, have.dat));
    for (const wire::Envelope& reply : outcome.replies) octets += reply.dat["p"].get_binary().size();
  }
  EXPECT_GT(octets, 400'000U);
  EXPECT_LE(octets, 1U << 20U);
  EXPECT_TRUE(frugal.has_passed_over());
  a.local.pass(60'000);
  std::vector<wire::Envelope> to_b;
  for (const auto& [peer, message] : frugal.resume({"b"})) to_b.push_back(message);
  b.exchange.disconnected("a");
  talk(a, b, std::move(to_b), {});
  expect_same(a, b);
}

TEST(Replica, TwoValuesUnderOneStampConverge) {
  Side a(1), b(2);
  const Address at{"note", "", "x", "text"};
  const Stamp stamp = Stamp::of(a.local.now(), 0);
  ASSERT_TRUE(a.local.run(a.replica.apply({{{0x55}, {}, stamp, {{{0x55}, stamp, at, "one"}}}})));
  ASSERT_TRUE(b.local.run(b.replica.apply({{{0x55}, {}, stamp, {{{0x55}, stamp, at, "two"}}}})));
  ASSERT_TRUE(a.local.run(a.replica.apply({{{0x56}, {}, stamp, {{{0x56}, stamp, {"note", "", "y", "text"}, 1}}}})));
  ASSERT_TRUE(b.local.run(b.replica.apply({{{0x56}, {}, stamp, {{{0x56}, stamp, {"note", "", "z", "text"}, 1}}}})));
  meet(a, b);
  expect_same(a, b);
  EXPECT_EQ(a.read("x"), "two");
  EXPECT_EQ(a.summary().count, 3U);
}

TEST(Replica, AFullDiskChangesNothingInMemoryEither) {
  Side a(1), b(2);
  a.write("x", 1);
  const auto before = a.summary();
  a.local.fill_disk(true);
  EXPECT_FALSE(a.local.run(a.replica.write({{{"other", "scope", "y", "text"}, 2}})));
  EXPECT_FALSE(a.local.run(a.replica.apply({{{9}, {}, {5}, {{{9}, {5}, {"c", "s", "n", "f"}, 1}}}})));
  EXPECT_EQ(a.summary(), before);
  a.local.fill_disk(false);
  a.local.pass(5);
  ASSERT_TRUE(a.local.run(a.replica.write({{{"other", "scope", "y", "text"}, 3}})));
  meet(a, b);
  expect_same(a, b);
}

TEST(Replica, WhatCouldNotBeOpenedIsNotWritten) {
  Side a(1);
  a.write("x", 1);
  sync::Replica unopened(a.local.host(), 1, Side::no_projection);
  const auto refused = a.local.run(unopened.write({{{"note", "", "y", "text"}, 2}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, wire::ErrorCode::storage_failed);
  EXPECT_FALSE(a.local.run(unopened.apply({{{9}, {}, {5}, {{{9}, {5}, {"c", "s", "n", "f"}, 1}}}})));
  sync::Replica again(a.local.host(), 1, Side::no_projection);
  ASSERT_TRUE(a.local.run(again.load()));
  EXPECT_EQ(again.summary(), a.summary());  // a sum that begins with nothing would have replaced it
}

TEST(Replica, RefusesWhatIsTooLarge) {
  Side a(1);
  const auto refused = [&](Address at, Json value) {
    return !a.local.run(a.replica.write({{std::move(at), std::move(value)}}));
  };
  EXPECT_TRUE(refused({"", "", "n", "f"}, 1));
  EXPECT_TRUE(refused({"c", "", "n", "f"}, std::string(sync::value_max + 1, 'x')));
  EXPECT_TRUE(refused({"c", "", "n", "f"}, Json::array()));
  EXPECT_TRUE(refused({"c", "", "n", "f"}, 1LL << 60));
  EXPECT_FALSE(a.local.run(a.replica.write(std::vector<sync::Write>(sync::writes_max + 1, {{"c", "", "n", "f"}, 1}))));
  EXPECT_EQ(a.summary().count, 0U);
}

TEST(Replica, AnInterruptedTransferGoesOnWhereItWas) {
  Side a(1), b(2);
  for (int i = 0; i < 20; ++i) {
    std::vector<sync::Write> writes;
    for (int j = 0; j < 1'000; ++j) {
      const std::string name = std::to_string(i * 1'000 + j);
      writes.push_back({{"note", "", name, "text"}, std::string(100, 'x') + std::to_string((i * 7 + 1) * (j + 3))});
    }
    ASSERT_TRUE(a.local.run(a.replica.write(std::move(writes))));
  }
  const wire::Envelope have = b.local.run(b.exchange.connected("a"));
  const auto answer = a.local.run(a.exchange.receive("b", have.msg, have.dat));
  ASSERT_GT(answer.replies.size(), 3U);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto outcome = b.local.run(b.exchange.receive("a", answer.replies[i].msg, answer.replies[i].dat));
    EXPECT_TRUE(outcome.progress);
  }
  const std::uint64_t stored = b.summary().count;
  EXPECT_EQ(b.exchange.progress("a").done, stored);
  EXPECT_EQ(b.exchange.progress("a").left + stored, 20'000U);
  b.exchange.disconnected("a");
  const wire::Envelope again = b.local.run(b.exchange.connected("a"));
  const auto rest = a.local.run(a.exchange.receive("b", again.msg, again.dat));
  ASSERT_FALSE(rest.replies.empty());
  EXPECT_LT(rest.replies[0].dat["left"].get<std::uint64_t>(), 20'000U - stored);
  meet(a, b);
  expect_same(a, b);
}

}  // namespace
}  // namespace skypod::test
