#include "cli/show_code.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "cli/failure.hpp"
#include "cli/qr.hpp"

namespace skypod::cli {
namespace {

constexpr int frame_ms = 500;      // a phone sees each frame at least twice
constexpr int rounds_unasked = 8;  // when nobody is to answer

/// Whether a drawing fits the terminal, so that it can be drawn over the last one.
bool fits_terminal(const std::string& drawing) {
  winsize size{};
  const bool is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0;
  return is_known && std::ranges::count(drawing, '\n') + 2 <= size.ws_row;
}

/// Whether there is something to read on standard input within the time.
bool has_input(int milliseconds) {
  pollfd waiting{STDIN_FILENO, POLLIN, 0};
  return poll(&waiting, 1, milliseconds) > 0;
}

/// Draws frames in turn, each over the last, until a line is typed or they have been shown often enough.
void take_turns(const std::vector<std::string>& drawings, bool wants_answer) {
  for (std::size_t turn = 0; wants_answer || turn < rounds_unasked * drawings.size(); ++turn) {
    const std::string& drawing = drawings[turn % drawings.size()];
    std::fputs(drawing.c_str(), stdout);
    std::fflush(stdout);
    if (wants_answer ? has_input(frame_ms) : poll(nullptr, 0, frame_ms) != 0) return;
    std::printf("\x1b[%ldA", static_cast<long>(std::ranges::count(drawing, '\n')));
  }
  std::fputs(drawings.back().c_str(), stdout);
}

void draw(const std::string& text, bool wants_answer) {
  std::vector<std::string> drawings;
  for (const std::string& frame : to_frames(text)) drawings.push_back(render_qr(frame));
  if (drawings.size() > 1 && fits_terminal(drawings.front())) {
    return take_turns(drawings, wants_answer);
  }
  for (const std::string& drawing : drawings) std::printf("%s\n", drawing.c_str());
}

}  // namespace

std::string show_code(CodeKind kind, const std::string& code, const std::string& server_url, bool wants_answer) {
  std::printf("%s\n", link(kind, code, server_url).c_str());
  const std::string what = kind == CodeKind::device ? "the invitation for this device" : "";
  if (wants_answer) std::printf("\nPaste %s here, and press Enter:\n", what.c_str());
  std::fflush(stdout);
  if (isatty(STDOUT_FILENO) != 0) draw(tag(kind, code), wants_answer);
  return wants_answer ? read_line(what) : "";
}

std::string picture_line(const wire::Json& pictures) {
  std::string line;
  for (const wire::Json& picture : pictures) {
    line += (line.empty() ? "" : "  ") + picture.value("emoji", "") + " " + picture.value("name", "");
  }
  return line;
}

void confirm(const std::string& question, const std::string& otherwise) {
  if (isatty(STDIN_FILENO) == 0) return;
  std::printf("%s [y/N] ", question.c_str());
  std::fflush(stdout);
  const std::string answer = read_line("the answer");
  if (answer != "y" && answer != "Y" && answer != "yes") throw Failure{failed, otherwise};
}

std::string read_line(const std::string& what) {
  std::string line;
  std::array<char, 4096> piece{};
  for (ssize_t count = 1; !line.contains('\n') && line.size() < 4 * code_max && count > 0;) {
    count = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (count > 0) line.append(piece.data(), static_cast<std::size_t>(count));
  }
  line.resize(std::min(line.find('\n'), line.size()));
  if (line.empty()) {
    throw Failure{failed, "the input ended before " + what + "; run the command again and paste it, or give it as an " +
                              "argument"};
  }
  return line;
}

}  // namespace skypod::cli
