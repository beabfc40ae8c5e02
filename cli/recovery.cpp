#include "cli/recovery.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

#include "cli/failure.hpp"
#include "cli/show_code.hpp"
#include "core/realm/recovery.hpp"
#include "native/descriptor.hpp"

namespace skypod::cli {
namespace {

/// A file that was not there before, for this user alone; removed again unless it is finished.
class NewFile {
 public:
  explicit NewFile(std::string name)
      : name_(std::move(name)), file_(::open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
    if (!file_) {
      throw Failure{failed, "the recovery file " + name_ + " cannot be made: " + std::strerror(errno) +
                                "; name another one, where nothing is yet"};
    }
  }
  ~NewFile() {
    if (!finished_) ::unlink(name_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  /// Writes it durably. False if the disk does not take it.
  bool finish(const std::string& text) {
    finished_ = write_all(file_.get(), text) && ::fsync(file_.get()) == 0;
    return finished_;
  }

 private:
  std::string name_;
  Descriptor file_;
  bool finished_ = false;
};

std::string read_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (text.empty() || text.size() > realm::recovery_file_max) {
    throw Failure{failed, name + " is no recovery file; name the one that skypod realm recovery create has written"};
  }
  return text;
}

}  // namespace

int create_recovery(const RealmChoices& choices) {
  PeerClient peer(choices.data);
  peer.require_realm();
  if (!peer.wait_for_link()) {
    throw Failure{failed, (peer.problem().empty() ? "the server does not answer" : peer.problem()) +
                              "; no recovery key was made"};
  }
  NewFile file(choices.text);
  Json made = peer.ask("recovery.create");
  const std::string id = made.value("id", "");
  if (!file.finish(made.value("file", ""))) {
    throw Failure{failed, "the recovery file " + choices.text +
                              " could not be written, so its key is of no use; put "
                              "it out with skypod realm remove " +
                              id + ", make room, and try again"};
  }
  made.erase("file");
  made["path"] = choices.text;
  if (choices.json) {
    print_json(made);
    return done;
  }
  std::printf("Write this code down, and keep it away from the file:\n\n  %s\n\n", made.value("code", "").c_str());
  std::printf(
      "%s and the code together let a new device into the realm when all others are lost; neither does alone.\n",
      choices.text.c_str());
  return done;
}

int restore_recovery(const RealmChoices& choices) {
  const std::string file = read_file(choices.text);
  PeerClient peer(choices.data);
  require_no_realm(peer);
  require_server(peer);
  if (!choices.json) {
    std::puts("Type the code that belongs to the file, and press Enter:");
    std::fflush(stdout);
  }
  const Json answer = peer.ask("recovery.restore", {{"file", file}, {"code", read_line("the code of the file")}});
  if (choices.json) {
    print_json(answer);
  } else {
    std::puts("This device is in the realm. Put those that are lost out with: skypod realm remove DEVICE");
  }
  return done;
}

}  // namespace skypod::cli
