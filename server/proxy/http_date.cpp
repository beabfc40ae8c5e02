#include "server/proxy/http_date.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

#include "server/proxy/fields.hpp"

namespace skypod::server {
namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// Takes a date apart from its front. What does not fit makes it false, and nothing is taken any more.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  void literal(std::string_view expected) {
    if (!rest_.starts_with(expected)) return fail();
    rest_.remove_prefix(expected.size());
  }

  void letters(std::size_t least, std::size_t most) {
    const auto end = std::ranges::find_if_not(rest_, is_letter);
    const auto count = static_cast<std::size_t>(end - rest_.begin());
    if (count < least || count > most) return fail();
    rest_.remove_prefix(count);
  }

  int number(std::size_t digits) {
    const std::string_view text = rest_.substr(0, digits);
    if (text.size() < digits) fail();
    int value = 0;
    for (const char c : text) {
      if (c < '0' || c > '9') fail();
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(std::min(digits, rest_.size()));
    return value;
  }

  /// Two digits, or a blank and one.
  int padded_day() {
    if (!rest_.starts_with(' ')) return number(2);
    literal(" ");
    return number(1);
  }

  /// From 1 on.
  int month() {
    const auto found = std::ranges::find(months, rest_.substr(0, 3));
    if (found == months.end()) fail();
    rest_.remove_prefix(std::min<std::size_t>(3, rest_.size()));
    return static_cast<int>(found - months.begin()) + 1;
  }

  /// Of the day, with up to 60 seconds in a minute; in UTC all of them count.
  int time_s() {
    const int hour = number(2);
    literal(":");
    const int minute = number(2);
    literal(":");
    const int second = number(2);
    if (hour > 23 || minute > 59 || second > 60) fail();
    return (hour * 60 + minute) * 60 + second;
  }

  bool is_at_end() const { return good_ && rest_.empty(); }

 private:
  void fail() {
    good_ = false;
    rest_ = "";
  }

  std::string_view rest_;
  bool good_ = true;
};

struct Parts {
  int year = 0, month = 0, day = 0, time_s = 0;
};

std::optional<std::int64_t> seconds_since_1970(const Scanner& scanner, const Parts& parts) {
  namespace chrono = std::chrono;
  if (!scanner.is_at_end()) return std::nullopt;
  const chrono::year_month_day date{chrono::year(parts.year), chrono::month(static_cast<unsigned>(parts.month)),
                                    chrono::day(static_cast<unsigned>(parts.day))};
  if (!date.ok()) return std::nullopt;
  return chrono::sys_seconds(chrono::sys_days(date)).time_since_epoch().count() + parts.time_s;
}

/// A two-digit year is at most 50 years ahead.
int full_year(int year) {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  const int present = parts.tm_year + 1900;
  const int guess = present / 100 * 100 + year;
  return guess > present + 50 ? guess - 100 : guess;
}

/// Sun, 06 Nov 1994 08:49:37 GMT
std::optional<std::int64_t> fixed_date(std::string_view text) {
  Scanner scanner(text);
  Parts parts;
  scanner.letters(3, 3);
  scanner.literal(", ");
  parts.day = scanner.number(2);
  scanner.literal(" ");
  parts.month = scanner.month();
  scanner.literal(" ");
  parts.year = scanner.number(4);
  scanner.literal(" ");
  parts.time_s = scanner.time_s();
  scanner.literal(" GMT");
  return seconds_since_1970(scanner, parts);
}

/// Sunday, 06-Nov-94 08:49:37 GMT
std::optional<std::int64_t> rfc850_date(std::string_view text) {
  Scanner scanner(text);
  Parts parts;
  scanner.letters(6, 9);
  scanner.literal(", ");
  parts.day = scanner.number(2);
  scanner.literal("-");
  parts.month = scanner.month();
  scanner.literal("-");
  parts.year = full_year(scanner.number(2));
  scanner.literal(" ");
  parts.time_s = scanner.time_s();
  scanner.literal(" GMT");
  return seconds_since_1970(scanner, parts);
}

/// Sun Nov  6 08:49:37 1994
std::optional<std::int64_t> asctime_date(std::string_view text) {
  Scanner scanner(text);
  Parts parts;
  scanner.letters(3, 3);
  scanner.literal(" ");
  parts.month = scanner.month();
  scanner.literal(" ");
  parts.day = scanner.padded_day();
  scanner.literal(" ");
  parts.time_s = scanner.time_s();
  scanner.literal(" ");
  parts.year = scanner.number(4);
  return seconds_since_1970(scanner, parts);
}

}  // namespace

std::optional<std::int64_t> http_date(std::string_view text) {
  text = trim(text);
  const std::size_t comma = text.find(',');
  if (comma == 3) return fixed_date(text);
  return comma == std::string_view::npos ? asctime_date(text) : rfc850_date(text);
}

std::string http_date_of(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 40> text{};
  const auto month = static_cast<std::size_t>(parts.tm_mon);
  const auto day = static_cast<std::size_t>(parts.tm_wday);
  std::snprintf(text.data(), text.size(), "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days[day].data(), parts.tm_mday,
                months[month].data(), parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
  return text.data();
}

}  // namespace skypod::server
