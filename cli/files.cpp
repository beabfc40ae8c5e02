#include "cli/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "cli/failure.hpp"
#include "native/descriptor.hpp"

namespace skypod::cli {
namespace {

namespace fs = std::filesystem;

/// Hides what is typed, as long as it lives.
class Hidden {
 public:
  Hidden() {
    is_terminal_ = tcgetattr(STDIN_FILENO, &before_) == 0;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (is_terminal_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~Hidden() {
    if (is_terminal_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;

 private:
  termios before_{};
  bool is_terminal_ = false;
};

std::string read_hidden(const std::string& prompt) {
  std::fprintf(stderr, "%s: ", prompt.c_str());
  std::string line;
  {
    const Hidden hidden;
    std::getline(std::cin, line);
  }
  std::fputc('\n', stderr);
  return line;
}

}  // namespace

std::string read_file(const std::string& name, std::size_t most) {
  std::ifstream file;
  if (name != "-") file.open(name, std::ios::binary);
  std::istream& input = name == "-" ? std::cin : file;
  std::ostringstream octets;
  octets << input.rdbuf();
  if (input.fail() || octets.bad()) {
    throw Failure{failed, name + " cannot be read: check its name and permissions"};
  }
  std::string text = octets.str();
  if (text.size() > most) {
    throw Failure{failed, name + " is larger than " + std::to_string(most >> 20U) + " MiB; choose another file"};
  }
  return text;
}

void write_file(const std::string& name, const std::string& octets, bool replace) {
  if (name == "-") {
    std::fwrite(octets.data(), 1, octets.size(), stdout);
    return;
  }
  std::error_code error;
  if (!replace && fs::exists(name, error)) {
    throw Failure{failed, name + " is there already; choose another name, or replace it with --force"};
  }
  const std::string fresh = name + ".new";
  const Descriptor opened(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  const bool written = opened && fchmod(opened.get(), 0600) == 0 && write_all(opened.get(), octets) &&
                       fsync(opened.get()) == 0 && std::rename(fresh.c_str(), name.c_str()) == 0;
  if (written) return;
  const std::string why = std::strerror(errno);
  if (opened) fs::remove(fresh, error);
  throw Failure{failed, name + " cannot be written (" + why + "); choose another place, or make room"};
}

std::string read_secret(const std::string& what, bool again) {
  std::string secret;
  if (isatty(STDIN_FILENO) == 0) {
    std::getline(std::cin, secret);
  } else {
    secret = read_hidden(what);
    if (again && read_hidden(what + ", once more") != secret) {
      throw Failure{failed, "the two are not the same; try again"};
    }
  }
  if (secret.empty()) throw Failure{failed, "there is no " + what + "; type it, or give it as a line on stdin"};
  return secret;
}

}  // namespace skypod::cli
