// What it costs two libraries to become one, in octets, round trips and time: 50,000 play records for the first time,
// one change, 1,000 changes on each side, and a million registers of which one differs. bench/sync_peers.mjs does the
// same with yjs, automerge and loro-crdt; bench/sync.mjs runs both.
//
//   bench_sync [--json] [DIRECTORY]     databases in memory, or as files in the directory
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <functional>

#include "bench/play_records.hpp"
#include "test/sync/sides.hpp"

namespace {

using skypod::Random;
using skypod::test::Side;
using skypod::wire::Json;
using Clock = std::chrono::steady_clock;

using skypod::bench::changes_each;
using skypod::bench::fill;
using skypod::bench::record;
using skypod::bench::records;

/// Wall and processor time since it was made. The second is what counts on a machine that others use too.
struct Watch {
  Clock::time_point wall = Clock::now();
  std::clock_t processor = std::clock();
};

bool as_json = false;

void print(const char* what, const skypod::test::Traffic& traffic, const Watch& watch) {
  const double wall = std::chrono::duration<double, std::milli>(Clock::now() - watch.wall).count();
  const double processor = 1'000.0 * static_cast<double>(std::clock() - watch.processor) / CLOCKS_PER_SEC;
  if (as_json) {
    const Json line = {{"task", what}, {"octets", traffic.octets}, {"messages", traffic.messages}, {"ms", processor}};
    std::puts(skypod::wire::to_json(line).c_str());
    return;
  }
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
  const auto size = static_cast<std::uintmax_t>(std::filesystem::file_size(path));
  const char* what = "10,000 play records on disk, compacted";
  if (as_json) {
    std::puts(skypod::wire::to_json({{"task", what}, {"octets", size}}).c_str());
  } else {
    std::printf("%-44s %10ju octets\n", what, size);
  }
}

}  // namespace

int main(int count, char** arguments) {
  as_json = count > 1 && std::string_view(arguments[1]) == "--json";
  const int named = as_json ? 2 : 1;
  const std::string folder = count > named ? arguments[named] : "";
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
  measure("first sync", a, b);
  for (int i = 0; i < 3; ++i) {
    a.local.pass(1'000);
    b.local.pass(1'000);
    a.get(a.library.replica().write({record(random, 7, a.id)}));
    measure_one_way(i == 0 ? "one change" : "one change, again", a, b);
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
