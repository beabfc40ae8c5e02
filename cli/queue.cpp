// `skypod queue …`: what is to be heard next, on all devices.
#include <cstdio>
#include <memory>

#include "cli/command.hpp"
#include "cli/people.hpp"
#include "cli/shelf.hpp"

namespace skypod::cli {
namespace {

constexpr const char* examples = R"(Examples:
  skypod queue                                     what is queued, in order
  skypod queue add "episode-guid-42"               behind all others
  skypod queue add "episode-guid-43" --next        in front of all others
  skypod queue move 3 --after 1                    the third one behind the first one
  skypod queue move 3                              to the front
  skypod queue remove 2
  skypod queue undo                                takes back this device's last change
)";

struct Choices {
  DataOptions data;
  bool json = false;
  bool next = false;
  std::string text;  // an episode
  std::string feed;
  std::string after;
};

Json queue_of(PeerClient& peer) {
  return peer.ask("queue.list").value("queue", Json::array());
}

/// What is queued at that number, or under that id: {feed, episode}.
Json find_entry(const Json& queue, const std::string& text) {
  std::size_t number = 0;
  for (const Json& entry : queue) {
    if (std::to_string(++number) == text || entry.value("id", "") == text) return entry_of(entry);
  }
  throw Failure{failed, "\"" + printable(text) + "\" is not queued; see the numbers and ids of skypod queue"};
}

void print_entry(std::size_t number, const Json& entry) {
  const Json episode = entry.value("episode", Json());
  const std::string title = episode.is_object() ? text_of(episode, "feedTitle") + ": " + text_of(episode, "title")
                                                : text_of(entry, "feed") + " (not fetched yet)";
  std::printf("%3zu  %s\n     %s\n", number, title.c_str(), text_of(entry, "id").c_str());
}

int list(const Choices& choices) {
  PeerClient peer(choices.data);
  const Json queue = queue_of(peer);
  if (choices.json) {
    print_json({{"queue", queue}});
    return done;
  }
  std::size_t number = 0;
  for (const Json& entry : queue) print_entry(++number, entry);
  if (queue.empty()) std::puts("the queue is empty; add an episode with: skypod queue add EPISODE");
  return done;
}

/// Changes the queue, and prints it as it is now where programs want it.
int change(PeerClient& peer, const Choices& choices, const std::string& command, const Json& args) {
  peer.ask(command, args);
  if (choices.json) print_json({{"queue", queue_of(peer)}});
  return done;
}

int add(const Choices& choices) {
  PeerClient peer(choices.data);
  Json args = entry_of(find_episode(peer, choices.text, choices.feed));
  args["next"] = choices.next;
  return change(peer, choices, "queue.add", args);
}

int move(const Choices& choices) {
  PeerClient peer(choices.data);
  const Json queue = queue_of(peer);
  Json args = find_entry(queue, choices.text);
  args["after"] = choices.after.empty() ? Json() : find_entry(queue, choices.after);
  return change(peer, choices, "queue.move", args);
}

int remove(const Choices& choices) {
  PeerClient peer(choices.data);
  return change(peer, choices, "queue.remove", find_entry(queue_of(peer), choices.text));
}

int clear(const Choices& choices) {
  PeerClient peer(choices.data);
  return change(peer, choices, "queue.clear", Json::object());
}

int undo(const Choices& choices) {
  PeerClient peer(choices.data);
  return change(peer, choices, "queue.undo", Json::object());
}

}  // namespace

void add_queue(CLI::App& app, Action& action) {
  const auto choices = std::make_shared<Choices>();
  CLI::App* queue =
      add_command(app, action, choices, "queue", "What is to be heard next: list, add, move, remove, undo", list);
  queue->footer(examples);
  queue->require_subcommand(0, 1);
  // Called behind the subcommand's own.
  queue->callback([queue, &action, choices] {
    if (queue->get_subcommands().empty()) action = [choices] { return list(*choices); };
  });
  add_command(*queue, action, choices, "list", "List what is queued, in order", list);

  CLI::App* adding = add_command(*queue, action, choices, "add", "Queue an episode", add);
  adding->add_option("episode", choices->text, "The episode's id, as skypod episodes prints it")->required();
  adding->add_option("--feed", choices->feed, "The feed, where several have such an episode");
  adding->add_flag("--next", choices->next, "In front of all others");

  const char* entry_help = "Its number in the queue, or the episode's id";
  CLI::App* moving = add_command(*queue, action, choices, "move", "Move an episode within the queue", move);
  moving->add_option("entry", choices->text, entry_help)->required();
  moving->add_option("--after", choices->after, "Behind this one: its number or id (default: to the front)");
  add_command(*queue, action, choices, "remove", "Take an episode out of the queue", remove)
      ->add_option("entry", choices->text, entry_help)
      ->required();
  add_command(*queue, action, choices, "clear", "Take everything out of the queue", clear);
  add_command(*queue, action, choices, "undo", "Take back this device's last change of the queue", undo);
}

}  // namespace skypod::cli
