// Records what a host says to the core and what comes back, and replays such a recording natively. replay.mjs does the
// same through the WebAssembly module: both must give the recorded octets.
//
//   vectors record FILE     runs two devices in the virtual world, then garbage, and writes the first one's exchanges
//   vectors histories FILE [COUNT]     the same of so many histories of sync (1,000), without garbage
//   vectors replay FILE     replays through this build; exit 1 at the first difference
//
// A file is a list of exchanges: the input's length in 4 little-endian octets, the input, and the same for the outcome.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string_view>

#include "base/percent.hpp"
#include "core/device/boundary.hpp"
#include "test/device/virtual_device.hpp"
#include "test/vectors/histories.hpp"

namespace {

using skypod::Bytes;
using skypod::test::Exchange;
using skypod::wire::Json;

const std::string feed = "https://feeds.example/show.xml";

Json sample_feed() {
  Json items = Json::array();
  for (int i = 0; i < 50; ++i) {
    const std::string number = std::to_string(i);
    items.push_back(
        {{"id", "e" + number},
         {"title", "Épisode " + number},
         {"date_published", "2024-02-01T08:00:" + std::string(i < 10 ? "0" : "") + number + "Z"},
         {"attachments", {{{"url", feed + number}, {"mime_type", "audio/mpeg"}, {"duration_in_seconds", 60.5}}}}});
  }
  return {{"title", "The Show"}, {"items", items}};
}

std::vector<Exchange> record_devices() {
  skypod::test::VirtualWorld shared(7);
  shared.feeds["/api/feed?url=" + skypod::percent_encode(feed)] = sample_feed();
  skypod::test::VirtualDevice a(shared, 0);
  skypod::test::VirtualDevice b(shared, 1);
  a.command("realm.create");
  const Json invitation = a.command("pairing.invite", b.command("pairing.register"));
  b.command("pairing.join", {{"invitation", invitation["invitation"]}});
  shared.world.run(shared.world.now() + 10'000);
  a.command("library.add", {{"url", feed}});
  shared.world.run(shared.world.now() + 5'000);
  for (int i = 0; i < 80; ++i) {
    b.command("play.progress", {{"feed", feed},
                                {"episode", "e" + std::to_string(i)},
                                {"positionS", i * 0.25},
                                {"durationS", nullptr},
                                {"completed", i % 3 == 0}});
  }
  a.command("message.send", {{"text", "Grüße"}, {"to", nullptr}, {"mode", "relay"}});
  b.command("message.send", {{"text", "back"}, {"to", nullptr}, {"mode", "p2p"}});
  shared.cloud.restart();
  shared.fabric.break_one(false);
  shared.world.run(shared.world.now() + 60'000);
  a.command("library.episodes", {{"feed", feed}, {"offset", 0}, {"limit", 50}});
  a.refused_command("library.add", {{"url", "ftp://x"}});
  return a.exchanges();
}

/// Octets that a broken host could send: every one must be refused alike.
std::vector<Bytes> garbage(const std::vector<Exchange>& exchanges) {
  skypod::Random random(11);
  std::vector<Bytes> inputs{"", std::string(1, '\xff'), std::string(100, '\x81'), "\xa1\x61\x61\x01"};
  for (std::size_t i = 0; i < 300; ++i) {
    Bytes bent = exchanges[random.below(exchanges.size())].input;
    bent[random.below(bent.size())] = static_cast<char>(random.next());
    inputs.push_back(bent.substr(0, random.chance(20) ? random.below(bent.size()) : bent.size()));
  }
  return inputs;
}

void write_octets(std::ofstream& file, const Bytes& octets) {
  const auto size = static_cast<std::uint32_t>(octets.size());
  for (int shift = 0; shift < 32; shift += 8) file.put(static_cast<char>((size >> shift) & 255));
  file.write(octets.data(), static_cast<std::streamsize>(octets.size()));
}

int record(const char* path) {
  std::vector<Exchange> exchanges = record_devices();
  skypod::device::Boundary boundary;
  for (Exchange& exchange : exchanges) exchange.outcome = boundary.handle(exchange.input);
  for (const Bytes& input : garbage(exchanges)) exchanges.push_back({input, boundary.handle(input)});
  std::ofstream file(path, std::ios::binary);
  for (const Exchange& exchange : exchanges) {
    write_octets(file, exchange.input);
    write_octets(file, exchange.outcome);
  }
  std::printf("%zu exchanges recorded\n", exchanges.size());
  return file.good() ? 0 : 1;
}

/// One after another: each begins with a start, which is a new device.
int record_histories(const char* path, std::uint64_t count) {
  std::ofstream file(path, std::ios::binary);
  std::size_t exchanges = 0;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    for (const Exchange& exchange : skypod::test::record_history(seed)) {
      write_octets(file, exchange.input);
      write_octets(file, exchange.outcome);
      ++exchanges;
    }
  }
  std::fprintf(stderr, "%zu exchanges of %llu histories\n", exchanges, static_cast<unsigned long long>(count));
  return file.good() ? 0 : 1;
}

Bytes take(std::string_view& rest) {
  std::uint32_t size = 0;
  for (int i = 3; i >= 0; --i) size = (size << 8) | static_cast<unsigned char>(rest[static_cast<std::size_t>(i)]);
  const Bytes octets(rest.substr(4, size));
  rest.remove_prefix(4 + size);
  return octets;
}

int replay(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  skypod::device::Boundary boundary;
  std::size_t count = 0;
  for (std::string_view rest = text; !rest.empty(); ++count) {
    const Bytes input = take(rest);
    if (boundary.handle(input) != take(rest)) {
      std::printf("exchange %zu differs\n", count);
      return 1;
    }
  }
  std::printf("%zu exchanges give the same octets\n", count);
  return count > 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view mode = count >= 3 ? arguments[1] : "";
  if (mode == "record") return record(arguments[2]);
  if (mode == "histories") return record_histories(arguments[2], count > 3 ? std::stoull(arguments[3]) : 1'000);
  if (mode == "replay") return replay(arguments[2]);
  std::fprintf(stderr, "usage: vectors record|replay FILE, or vectors histories FILE [COUNT]\n");
  return 2;
}
