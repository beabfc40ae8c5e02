#include "cli/qr.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace skypod::cli {
namespace {

constexpr std::string_view colours = "\x1b[38;5;16m\x1b[48;5;231m";
constexpr std::string_view plain = "\x1b[0m";

/// The rows of modules in a drawing, '#' for dark; a line of the terminal holds two.
std::vector<std::string> modules_of(const std::string& drawing) {
  std::vector<std::string> rows;
  for (std::size_t at = 0; at < drawing.size();) {
    const std::size_t end = drawing.find('\n', at);
    std::string line = drawing.substr(at, end - at);
    EXPECT_TRUE(line.starts_with(colours) && line.ends_with(plain));
    line = line.substr(colours.size(), line.size() - colours.size() - plain.size());
    std::string upper, lower;
    for (std::size_t i = 0; i < line.size();) {
      const std::string_view rest = std::string_view(line).substr(i);
      const bool full = rest.starts_with("█"), top = rest.starts_with("▀"), bottom = rest.starts_with("▄");
      upper += full || top ? '#' : ' ';
      lower += full || bottom ? '#' : ' ';
      i += full || top || bottom ? 3 : 1;
    }
    rows.push_back(upper);
    rows.push_back(lower);
    at = end + 1;
  }
  return rows;
}

/// Whether one of the symbol's three finder patterns (ISO/IEC 18004 section 6.3.3) has its corner there.
bool has_finder(const std::vector<std::string>& rows, std::size_t x, std::size_t y) {
  const std::vector<std::string> finder{"#######", "#     #", "# ### #", "# ### #", "# ### #", "#     #", "#######"};
  for (std::size_t i = 0; i < finder.size(); ++i) {
    if (rows[y + i].substr(x, finder.size()) != finder[i]) return false;
  }
  return true;
}

// That readers read it is seen by a browser's camera in test/e2e/native.mjs.
TEST(Qr, IsDarkOnWhiteWithAQuietZone) {
  const auto rows = modules_of(render_qr("skypod1 1/1 df81557e device=abc"));
  const std::size_t side = rows[0].size();
  EXPECT_EQ(rows.size(), side + 1);  // an odd number of rows, and an empty one
  EXPECT_EQ(side % 4, 1);            // 17 + 4 × version, and 8
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(rows[i], std::string(side, ' '));
    EXPECT_EQ(rows[side - 1 - i], std::string(side, ' '));
    EXPECT_TRUE(std::ranges::all_of(rows, [&](const auto& row) { return row[i] == ' ' && row[side - 1 - i] == ' '; }));
  }
  EXPECT_TRUE(has_finder(rows, 4, 4));
  EXPECT_TRUE(has_finder(rows, side - 11, 4));
  EXPECT_TRUE(has_finder(rows, 4, side - 11));
}

TEST(Qr, HasNothingToSayForTooMuch) {
  EXPECT_EQ(render_qr(std::string(3000, 'x')), "");
  EXPECT_EQ(render_qr(""), "");
}

}  // namespace
}  // namespace skypod::cli
