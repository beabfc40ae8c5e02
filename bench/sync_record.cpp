// Records how two whole devices sync the work of bench/sync.cpp, for bench/sync_wasm.mjs to live through again: what
// their cores were given and what they answered. Prints which exchanges belong to which task.
//
//   bench_sync_record FILE_A FILE_B
//
// A file is as those of test/vectors/vectors.cpp.
#include <cstdio>
#include <fstream>

#include "bench/play_records.hpp"
#include "core/library/backup.hpp"
#include "test/device/virtual_device.hpp"

namespace {

using skypod::Bytes;
using skypod::Random;
using skypod::test::VirtualDevice;
using skypod::wire::Json;

const std::string passphrase = "correct horse battery";

/// The records in a backup, as a device takes them in.
std::string backup_of_records(Random& random) {
  skypod::test::Side side(1);
  side.local.pass(-20 * 24 * 3'600'000LL);  // 50,000 records take days, and none may lie in the future
  skypod::bench::fill(side, random, skypod::bench::records);
  const skypod::sim::Key key = skypod::sim::make_key(random);
  side.local.answer_others([&](const skypod::core::Ask& ask) { return *skypod::sim::answer_jose(ask, key, random); });
  auto backup = side.local.run(
      skypod::library::make_backup(side.local.host(), side.library.replica(), skypod::Redacted<Bytes>(passphrase)));
  return backup ? backup->file : "";
}

/// The two devices, and where each task began and ended.
class Recording {
 public:
  explicit Recording(const std::string& backup) : shared_(1), a_(shared_, 0), b_(shared_, 1) {
    a_.command("realm.create");
    const Json invitation = a_.command("pairing.invite", b_.command("pairing.register"));
    b_.command("pairing.join", {{"invitation", invitation["invitation"]}});
    part();
    const Json restored = a_.command("backup.restore", {{"file", backup}, {"passphrase", passphrase}});
    if (restored["news"] != skypod::bench::records) std::fprintf(stderr, "only %s\n", restored.dump().c_str());
    measure("first sync", [] {});
    part();
    measure("one change", [&] { play(a_, 1); });
    part();
    measure("1,000 changes on each side", [&] {
      play(a_, skypod::bench::changes_each);
      play(b_, skypod::bench::changes_each);
    });
  }

  void write(const char* path, bool first) const {
    std::ofstream file(path, std::ios::binary);
    for (const auto& exchange : (first ? a_ : b_).exchanges()) {
      for (const Bytes* octets : {&exchange.input, &exchange.outcome}) {
        for (int shift = 0; shift < 32; shift += 8) file.put(static_cast<char>((octets->size() >> shift) & 255));
        file.write(octets->data(), static_cast<std::streamsize>(octets->size()));
      }
    }
  }
  const Json& tasks() const { return tasks_; }

 private:
  void pass(skypod::wire::TimeMs ms) { shared_.world.run(shared_.world.now() + ms); }
  void part() {
    b_.stop();
    pass(120'000);
  }
  /// What both do from when they meet until they are silent; `change` happens before, while they are apart.
  template <class Change>
  void measure(const char* what, Change change) {
    b_.restart();
    change();
    const Json from = {a_.exchanges().size(), b_.exchanges().size()};
    pass(20'000);
    tasks_.push_back({{"task", what}, {"from", from}, {"to", {a_.exchanges().size(), b_.exchanges().size()}}});
  }
  void play(VirtualDevice& device, int count) {
    for (int i = 0; i < count; ++i) {
      const auto write = skypod::bench::record(random_, i, device.id());
      device.command("play.progress", {{"feed", skypod::library::split_name(write.at.scope).second},
                                       {"episode", write.at.name},
                                       {"positionS", static_cast<double>(random_.below(72'000)) / 10}});
    }
  }

  Random random_{3};
  skypod::test::VirtualWorld shared_;
  VirtualDevice a_, b_;
  Json tasks_ = Json::array();
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: bench_sync_record FILE_A FILE_B\n");
    return 2;
  }
  Random random(1);
  const Recording recording(backup_of_records(random));
  recording.write(arguments[1], true);
  recording.write(arguments[2], false);
  std::puts(skypod::wire::to_json(recording.tasks()).c_str());
  return 0;
}
