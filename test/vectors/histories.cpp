#include "test/vectors/histories.hpp"

#include "base/percent.hpp"

namespace skypod::test {
namespace {

constexpr std::size_t feeds = 2;
constexpr std::size_t episodes = 4;
constexpr int deeds = 14;

std::string feed_of(std::size_t number) {
  return "https://feeds.example/" + std::to_string(number) + ".xml";
}

Json document_of(std::size_t feed) {
  Json items = Json::array();
  for (std::size_t i = 0; i < episodes; ++i) {
    const std::string number = std::to_string(i);
    items.push_back({{"id", "e" + number},
                     {"title", "Folge " + number},
                     {"date_published", "2024-02-0" + std::to_string(i + 1) + "T08:00:00Z"},
                     {"attachments", {{{"url", feed_of(feed) + number}, {"mime_type", "audio/mpeg"}}}}});
  }
  return {{"title", "Feed " + std::to_string(feed)}, {"items", std::move(items)}};
}

/// Two devices of one realm and what happens to them.
class History {
 public:
  explicit History(std::uint64_t seed)
      : random_(seed), shared_(seed), a_(shared_, 0), b_(shared_, 1, random_.below(2'000)) {
    for (std::size_t i = 0; i < feeds; ++i) {
      shared_.feeds["/api/feed?url=" + percent_encode(feed_of(i))] = document_of(i);
    }
    a_.command("realm.create");
    const Json invitation = a_.command("pairing.invite", b_.command("pairing.register"));
    b_.command("pairing.join", {{"invitation", invitation["invitation"]}});
    pass(3'000);
  }

  void live() {
    for (int i = 0; i < deeds; ++i) {
      act(random_.chance(50) ? a_ : b_);
      pass(static_cast<TimeMs>(random_.below(2'000)));
    }
    pass(20'000);
    for (VirtualDevice* device : {&a_, &b_}) {
      device->command("library.subscriptions");
      device->command("queue.list");
      device->command("settings.list");
      device->command("library.inbox", {{"offset", 0}, {"limit", 100}});
    }
  }

  const std::vector<Exchange>& exchanges(bool of_first) const { return (of_first ? a_ : b_).exchanges(); }

 private:
  void pass(TimeMs ms) { shared_.world.run(shared_.world.now() + ms); }

  Json entry() {
    return {{"feed", feed_of(random_.below(feeds))}, {"episode", "e" + std::to_string(random_.below(4))}};
  }

  void act(VirtualDevice& device) {
    Json args = entry();
    switch (random_.below(11)) {
      case 0:
        device.command("library.import", {{"subscriptions", {{{"feed", args["feed"]}, {"title", "Feed"}}}}});
        return;
      case 1:
        device.command("library.organise",
                       {{"feed", args["feed"]}, {"folder", "F" + std::to_string(random_.below(3))}, {"tags", {"a"}}});
        return;
      case 2:
        device.command("settings.set", {{"name", "speed"},
                                        {"value", static_cast<double>(random_.below(8)) / 4},
                                        {"everywhere", random_.chance(50)}});
        return;
      case 3:
        args["completed"] = random_.chance(50);
        device.command("play.mark", args);
        return;
      case 4:
        device.command("play.markAll", {{"feed", args["feed"]}});
        return;
      case 5:
      case 6:
        args["next"] = random_.chance(50);
        device.command("queue.add", args);
        device.command(random_.chance(30) ? "queue.undo" : "queue.list");
        return;
      case 7:
        return device.restart();
      case 8:
        return shared_.fabric.break_one(random_.chance(50));
      default:
        args["positionS"] = static_cast<double>(random_.below(100'000)) / 8;
        device.command("play.progress", args);
    }
  }

  Random random_;
  VirtualWorld shared_;
  VirtualDevice a_, b_;
};

}  // namespace

std::vector<Exchange> record_history(std::uint64_t seed) {
  History history(seed);
  history.live();
  return history.exchanges(seed % 2 == 0);
}

}  // namespace skypod::test
