// `skypod opml`, `backup` and `restore`: the library out of skypod and into it.
#include <cstdio>
#include <memory>

#include "cli/command.hpp"
#include "cli/files.hpp"
#include "cli/peer_client.hpp"
#include "core/library/backup.hpp"
#include "core/library/library.hpp"
#include "native/xml_events.hpp"

namespace skypod::cli {
namespace {

constexpr std::size_t opml_max = 16U << 20U;
constexpr std::size_t chunk = 500;  // feeds subscribed to at a time
constexpr const char* opml_help = R"(Examples:
  skypod opml import subscriptions.opml            subscribe to what another app has exported
  skypod opml export subscriptions.opml            for another app
  skypod opml export | wc -l                       to standard output
)";
constexpr const char* backup_help = R"(The file holds what you did: subscriptions, positions, queue and settings. It is
encrypted under a passphrase, which is asked for, or read from standard input.
Examples:
  skypod backup skypod.backup
  skypod backup skypod.backup --force < passphrase.txt
)";
constexpr const char* restore_help = R"(The backup is merged into the library. What is newer here stays.
Examples:
  skypod restore skypod.backup
  skypod restore skypod.backup --json < passphrase.txt
)";

struct Choices {
  DataOptions data;
  bool json = false;
  bool force = false;
  bool with_logins = false;
  std::string file = "-";
};

long long count_in(const Json& answer, const char* name) {
  return answer.value(name, 0LL);
}

/// Says of which outlines nothing was made. An address may hold a name and password: only their titles are printed.
void print_unusable(const feed::SubscriptionList& list) {
  if (list.unusable_count == 0) return;
  std::printf(
      "%zu of %zu feeds of the list have no address that begins with http:// or https://, so nothing was made "
      "of them; add these by hand:\n",
      list.unusable_count, list.unusable_count + list.subscriptions.size());
  for (const feed::Unusable& each : list.unusable) {
    std::printf("  %s\n", each.title.empty() ? "(without a title)" : each.title.c_str());
  }
  if (list.unusable_count > list.unusable.size()) std::puts("  …");
}

int import(const Choices& choices) {
  const auto list = read_opml(read_file(choices.file, opml_max), "");
  if (!list) {
    throw Failure{failed, choices.file + " is no OPML file; export one from the other app and choose that"};
  }
  const std::vector<library::Addition> additions = library::additions_of(*list);
  PeerClient peer(choices.data);
  long long added = 0;
  long long known = 0;
  for (std::size_t from = 0; from < additions.size(); from += chunk) {
    Json part = Json::array();
    for (std::size_t i = from; i < std::min(additions.size(), from + chunk); ++i) {
      const library::Addition& it = additions[i];
      part.push_back({{"feed", it.feed}, {"title", it.title}, {"folder", it.folder}, {"login", it.login}});
    }
    const Json answer = peer.ask("library.import", {{"subscriptions", std::move(part)}});
    added += count_in(answer, "added");
    known += count_in(answer, "known");
  }
  if (choices.json) {
    Json unusable = Json::array();
    for (const feed::Unusable& each : list->unusable) unusable.push_back(each.title);
    print_json({{"added", added},
                {"known", known},
                {"truncated", list->truncated},
                {"unusable", std::move(unusable)},
                {"unusable_count", list->unusable_count}});
    return done;
  }
  std::printf("subscribed to %lld %s, %lld were there already\n", added, added == 1 ? "feed" : "feeds", known);
  print_unusable(*list);
  if (list->truncated) std::puts("there were more feeds than 10,000; the rest was left out");
  if (added > 0 && peer.is_own()) std::puts("fetch their episodes with: skypod refresh");
  return done;
}

int export_list(const Choices& choices) {
  PeerClient peer(choices.data);
  write_file(choices.file, peer.ask("opml.export", {{"logins", choices.with_logins}}).value("opml", ""), choices.force);
  if (choices.json && choices.file != "-") print_json({{"file", choices.file}});
  return done;
}

int backup(const Choices& choices) {
  const std::string passphrase = read_secret("passphrase for the backup", true);
  PeerClient peer(choices.data);
  const Json answer = peer.ask("backup.create", {{"passphrase", passphrase}});
  write_file(choices.file, answer.value("file", ""), choices.force);
  const long long changes = count_in(answer, "changes");
  if (choices.json) {
    print_json({{"file", choices.file}, {"changes", changes}});
  } else {
    std::printf("%s holds %lld entries; without the passphrase nobody can read it\n", choices.file.c_str(), changes);
  }
  return done;
}

int restore(const Choices& choices) {
  const std::string file = read_file(choices.file, library::backup_file_max);
  const std::string passphrase = read_secret("passphrase of the backup", false);
  PeerClient peer(choices.data);
  const Json answer = peer.ask("backup.restore", {{"file", file}, {"passphrase", passphrase}});
  if (choices.json) {
    print_json(answer);
  } else {
    std::printf("%lld of %lld entries were new here\n", count_in(answer, "news"), count_in(answer, "changes"));
  }
  return done;
}

}  // namespace

void add_transfer(CLI::App& app, Action& action) {
  const auto choices = std::make_shared<Choices>();
  CLI::App* opml = app.add_subcommand("opml", "Lists of subscriptions, as other apps exchange them");
  opml->require_subcommand(1);
  opml->footer(opml_help);
  add_command(*opml, action, choices, "import", "Subscribe to the feeds of a list", import)
      ->add_option("file", choices->file, "The OPML file (default: standard input)");
  CLI::App* exporting = add_command(*opml, action, choices, "export", "Write the subscriptions as a list", export_list);
  exporting->add_option("file", choices->file, "Where to (default: standard output)");
  exporting->add_flag("--force", choices->force, "Replace the file if it is there");
  exporting->add_flag("--with-passwords", choices->with_logins,
                      "Feeds with their names and passwords: then keep the file to yourself");

  CLI::App* saving = add_command(app, action, choices, "backup", "Write the library to an encrypted file", backup);
  saving->footer(backup_help);
  saving->add_option("file", choices->file, "Where to")->required();
  saving->add_flag("--force", choices->force, "Replace the file if it is there");
  CLI::App* restoring = add_command(app, action, choices, "restore", "Merge a backup into the library", restore);
  restoring->footer(restore_help);
  restoring->add_option("file", choices->file, "The backup")->required();
}

}  // namespace skypod::cli
