#include "cli/qr.hpp"

#include <qrencode.h>

#include <memory>

namespace skypod::cli {
namespace {

constexpr int quiet_zone = 4;                                         // modules; ISO/IEC 18004 section 9.1
constexpr const char* dark_on_white = "\x1b[38;5;16m\x1b[48;5;231m";  // of the 256 colours: themes leave these alone
constexpr const char* as_before = "\x1b[0m";

struct Free {
  void operator()(QRcode* code) const { QRcode_free(code); }
};
using Code = std::unique_ptr<QRcode, Free>;

bool is_dark(const QRcode& code, int x, int y) {
  const bool inside = x >= 0 && y >= 0 && x < code.width && y < code.width;
  return inside && (code.data[y * code.width + x] & 1) != 0;
}

const char* half_blocks(bool upper, bool lower) {
  if (upper) return lower ? "█" : "▀";
  return lower ? "▄" : " ";
}

}  // namespace

std::string render_qr(const std::string& text) {
  const Code code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_L));
  if (!code) {
    return "";
  }
  std::string drawing;
  for (int y = -quiet_zone; y < code->width + quiet_zone; y += 2) {
    drawing += dark_on_white;
    for (int x = -quiet_zone; x < code->width + quiet_zone; ++x) {
      drawing += half_blocks(is_dark(*code, x, y), is_dark(*code, x, y + 1));
    }
    drawing += as_before;
    drawing += '\n';
  }
  return drawing;
}

}  // namespace skypod::cli
