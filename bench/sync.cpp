// What it costs two libraries to become one, in octets, round trips and time: 50,000 play records for the first time,
// one change, 1,000 changes on each side, and a million registers of which one differs. bench/sync_peers.mjs does the
// same with yjs, automerge and loro-crdt; tools print both.
//
//   bench_sync [DIRECTORY]     databases in memory, or as files in the directory
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <functional>

#include "test/sync/sides.hpp"

namespace {

using skypod::Random;
using skypod::test::Side;
using skypod::wire::Json;
using Clock = std::chrono::steady_clock;

constexpr int records = 50'000;
constexpr int per_feed = 500;
constexpr int changes_each = 1'000;

/// Wall and processor time since it was made. The second is what counts on a machine that others use too.
struct Watch {
  Clock::time_point wall = Clock::now();
  std::clock_t processor = std::clock();
};

/// A play record like those of bench/sync_peers.mjs: a feed, a random UUID, a position of up to two hours, mostly done.
skypod::sync::Write record(Random& random, int number, const std::string& device) {
  const std::string hex = skypod::to_hex(random.bytes(16));
  const std::string uuid = hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
                           hex.substr(16, 4) + "-" + hex.substr(20);
  const std::string feed = "https://feeds.example/" + std::to_string(number / per_feed) + "/rss.xml";
  const double seconds = static_cast<double>(random.below(72'000)) / 10;
  return {skypod::library::play_address(skypod::library::short_device(device), feed, "guid:" + uuid),
          skypod::library::pack_play({seconds, random.chance(80), true})};
}

void fill(Side& side, Random& random, int count) {
  for (int i = 0; i < count; ++i) {
    side.local.pass(static_cast<skypod::wire::TimeMs>(1 + random.below(20'000)));
    side.get(side.library.replica().write({record(random, i, side.id)}));
  }
}

void print(const char* what, const skypod::test::Traffic& traffic, const Watch& watch) {
  const double wall = std::chrono::duration<double, std::milli>(Clock::now() - watch.wall).count();
  const double processor = 1'000.0 * static_cast<double>(std::clock() - watch.processor) / CLOCKS_PER_SEC;
  std::printf("%-44s %10zu octets %4zu messages %9.2f ms, %9.2f ms of CPU\n", what, traffic.octets, traffic.messages,
              wall, processor);
  std::fflush(stdout);
}

void measure(const char* what, Side& a, Side& b) {
  const Watch watch;
  const auto traffic = skypod::test::meet(a, b);
  print(what, traffic, watch);
  if (a.state() != b.state()) std::printf("  THEY DIFFER\n");
}

/// Only what `b` asks for and gets: the other direction has nothing to say.
void measure_one_way(const char* what, Side& from, Side& to) {
  const Watch watch;
  const auto have = to.local.run(to.exchange.connected("a"));
  const auto traffic = skypod::test::talk(from, to, {have}, {});
  print(what, traffic, watch);
}

void measure_million() {
  Random random(5);
  std::vector<skypod::sync::Item> items;
  for (int i = 0; i < 1'000'000; ++i) {
    items.push_back({skypod::sync::Stamp::of(1'700'000'000'000 + static_cast<std::int64_t>(random.below(1LL << 35)), 0),
                     skypod::sync::Author{random.below(6) + 1}, random.next()});
  }
  skypod::sync::Index a, b;
  for (const auto& item : items) {
    a.insert(item);
    b.insert(item);
  }
  for (skypod::sync::Index* owner : {&a, &b}) {
    const skypod::sync::Item extra{skypod::sync::Stamp::of(1'720'000'000'000, owner == &a ? 1 : 2), {1}, random.next()};
    owner->insert(extra);
    const Watch watch;
    skypod::test::Traffic traffic;
    bool found = false;
    std::string message = open_ranges(a);
    const skypod::sync::Index* here = &b;
    while (!message.empty()) {
      ++traffic.messages;
      traffic.octets += message.size();
      const auto outcome = answer_ranges(*here, message);
      found = found || (outcome && !outcome->lacks.empty());
      message = outcome ? outcome->reply : "";
      here = here == &b ? &a : &b;
    }
    print(owner == &a ? "1 M registers, one more at the opener" : "1 M registers, one more at the answerer", traffic,
          watch);
    if (!found) std::printf("  NOT FOUND\n");
    owner->erase(extra);
  }
}

void measure_disk(const std::string& path) {
  std::filesystem::remove(path);
  Side side(9, path);
  Random random(9);
  for (int i = 0; i < 10'000; i += 1'000) {
    std::vector<skypod::sync::Write> writes;
    for (int j = i; j < i + 1'000; ++j) writes.push_back(record(random, j, side.id));
    side.local.pass(60'000);
    side.get(side.library.replica().write(std::move(writes)));
  }
  static_cast<void>(side.local.run(side.library.compact()));
  std::printf("%-44s %10ju octets\n", "10,000 play records on disk, compacted",
              static_cast<std::uintmax_t>(std::filesystem::file_size(path)));
}

}  // namespace

int main(int count, char** arguments) {
  const std::string folder = count > 1 ? arguments[1] : "";
  const auto path = [&](const char* name) {
    if (folder.empty()) return std::string(":memory:");
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(folder + "/" + name + end);
    return folder + "/" + name;
  };
  Side a(1, path("a.sqlite"));
  Side b(2, path("b.sqlite"));
  Random random(1);
  fill(a, random, records);
  b.local.set_now(a.local.now());
  measure("50,000 play records, first sync", a, b);
  for (int i = 0; i < 3; ++i) {
    a.local.pass(1'000);
    b.local.pass(1'000);
    a.get(a.library.replica().write({record(random, 7, a.id)}));
    measure_one_way("one change, from the two states", a, b);
  }
  fill(a, random, changes_each);
  fill(b, random, changes_each);
  const auto later = std::max(a.local.now(), b.local.now());
  a.local.set_now(later);
  b.local.set_now(later);
  measure("1,000 changes on each side", a, b);
  measure_million();
  measure_disk((folder.empty() ? std::string("/tmp") : folder) + "/bench_sync_disk.sqlite");
  return 0;
}
