#include "core/feed/date.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "core/feed/html_text.hpp"

namespace skypod::feed {
namespace {

constexpr std::int64_t ms_per_day = 86'400'000;
constexpr std::size_t text_max = 100;  // the longest real date is about 45 octets
constexpr std::uint64_t duration_max = 1000 * 3600;

struct Date {
  int year = 0;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int ms = 0;
  int zone_minutes = 0;  // east of UTC
};

struct Zone {
  std::string_view name;
  int minutes;
};

constexpr std::array zones = std::to_array<Zone>({
    {"acdt", 630}, {"acst", 570}, {"adt", -180}, {"aedt", 660}, {"aest", 600}, {"akdt", -480}, {"akst", -540},
    {"art", -180}, {"ast", -240}, {"awst", 480}, {"brt", -180}, {"bst", 60},   {"cat", 120},   {"cdt", -300},
    {"cest", 120}, {"cet", 60},   {"cst", -360}, {"eat", 180},  {"edt", -240}, {"eest", 180},  {"eet", 120},
    {"est", -300}, {"gmt", 0},    {"hkt", 480},  {"hst", -600}, {"ist", 330},  {"jst", 540},   {"kst", 540},
    {"mdt", -360}, {"mest", 120}, {"met", 60},   {"msd", 240},  {"msk", 180},  {"mst", -420},  {"nzdt", 780},
    {"nzst", 720}, {"pdt", -420}, {"pst", -480}, {"sast", 120}, {"sgt", 480},  {"ut", 0},      {"utc", 0},
    {"west", 60},  {"wet", 0},    {"wib", 420},  {"z", 0},
});

struct Month {
  std::string_view prefix;
  int number;
};

// How month names begin in English, and in German, French, Spanish, Italian, Portuguese and Dutch where they differ.
constexpr std::array months = std::to_array<Month>({
    {"jan", 1},  {"ene", 1},  {"gen", 1},  {"feb", 2},  {"fev", 2},  {"fév", 2},  {"mar", 3},  {"mär", 3},
    {"mrt", 3},  {"maa", 3},  {"apr", 4},  {"abr", 4},  {"avr", 4},  {"may", 5},  {"mai", 5},  {"mag", 5},
    {"mei", 5},  {"juil", 7}, {"jui", 6},  {"jun", 6},  {"giu", 6},  {"jul", 7},  {"lug", 7},  {"aug", 8},
    {"ago", 8},  {"aoû", 8},  {"aou", 8},  {"sep", 9},  {"set", 9},  {"oct", 10}, {"okt", 10}, {"out", 10},
    {"ott", 10}, {"nov", 11}, {"dec", 12}, {"dez", 12}, {"dic", 12}, {"déc", 12},
});

bool is_digit(char octet) {
  return octet >= '0' && octet <= '9';
}

bool is_letter(char octet) {
  return (octet >= 'a' && octet <= 'z') || static_cast<unsigned char>(octet) >= 0x80;
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar: years are counted from March, so that the leap day is
/// their last.
std::int64_t days_since_1970(int year, int month, int day) {
  const std::int64_t shifted = month > 2 ? year : year - 1;
  const std::int64_t month_from_march = (month + 9) % 12;
  const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
  const std::int64_t leap_days = shifted / 4 - shifted / 100 + shifted / 400;
  return shifted * 365 + leap_days + day_of_year - 719'468;
}

bool is_leap(int year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int days_in_month(int year, int month) {
  constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

constexpr int first_year = 1900;
constexpr int last_year = 9999;

std::optional<std::int64_t> to_ms(const Date& date) {
  if (date.year < first_year || date.year > last_year || date.month < 1 || date.month > 12 || date.day < 1 ||
      date.day > days_in_month(date.year, date.month)) {
    return std::nullopt;
  }
  const bool midnight_at_end = date.hour == 24 && date.minute == 0 && date.second == 0;  // ISO 8601
  if ((date.hour > 23 && !midnight_at_end) || date.minute > 59 || date.second > 60) {
    return std::nullopt;
  }
  const std::int64_t minutes = date.hour * 60 + date.minute - date.zone_minutes;
  const std::int64_t ms =
      days_since_1970(date.year, date.month, date.day) * ms_per_day + minutes * 60'000 + date.second * 1000 + date.ms;
  const bool in_range = ms >= days_since_1970(first_year, 1, 1) * ms_per_day &&  // in UTC it may be another year
                        ms < days_since_1970(last_year + 1, 1, 1) * ms_per_day;
  return in_range ? std::optional(ms) : std::nullopt;
}

/// Reads from the front of a text.
struct Scanner {
  std::string_view rest;

  bool at_end() const { return rest.empty(); }
  char peek() const { return rest.empty() ? '\0' : rest[0]; }

  bool take(char octet) {
    const bool here = peek() == octet && !rest.empty();
    rest.remove_prefix(here ? 1 : 0);
    return here;
  }

  bool take_any(std::string_view octets) {
    const bool here = !rest.empty() && octets.find(rest[0]) != std::string_view::npos;
    rest.remove_prefix(here ? 1 : 0);
    return here;
  }

  template <class Is>
  std::string_view run(Is is) {
    std::size_t count = 0;
    while (count < rest.size() && is(rest[count])) ++count;
    const std::string_view found = rest.substr(0, count);
    rest.remove_prefix(count);
    return found;
  }

  void skip_space() {
    while (take_any(" \t\r\n,")) {
    }
  }
};

/// The number in a run of 1 to 9 digits, else -1.
int number(std::string_view digits) {
  if (digits.empty() || digits.size() > 9) return -1;
  int value = 0;
  for (const char digit : digits) {
    value = value * 10 + (digit - '0');
  }
  return value;
}

/// ".123" or ",5" as milliseconds; 0 if there is no fraction.
int read_fraction(Scanner& in) {
  if (in.rest.size() < 2 || !is_digit(in.rest[1]) || !in.take_any(".,")) return 0;
  std::string digits(in.run(is_digit).substr(0, 3));
  digits.resize(3, '0');
  return number(digits);
}

/// "10:14", "10:14:55.5", "1014", "101455" or "10"; false if that is not what stands there.
bool read_time(Scanner& in, Date& date) {
  const std::string_view digits = in.run(is_digit);
  if (digits.size() == 4 || digits.size() == 6) {
    date.hour = number(digits.substr(0, 2));
    date.minute = number(digits.substr(2, 2));
    date.second = digits.size() == 6 ? number(digits.substr(4)) : 0;
    date.ms = read_fraction(in);
    return true;
  }
  date.hour = number(digits);
  if (digits.empty() || digits.size() > 2) return false;
  if (in.take(':')) {
    date.minute = std::max(0, number(in.run(is_digit)));
    if (in.take(':')) {
      date.second = std::max(0, number(in.run(is_digit)));
      date.ms = read_fraction(in);
    }
  }
  return true;
}

/// "+01:00", "-0500", "+1", after its sign. Offsets beyond 24 hours mean nothing and count as UTC.
int read_offset(Scanner& in, bool negative) {
  const std::string_view digits = in.run(is_digit);
  int minutes = 0;
  if (digits.size() <= 2) {
    minutes = std::max(0, number(digits)) * 60;
    if (in.take(':')) minutes += std::max(0, number(in.run(is_digit)));
  } else {
    const int value = number(digits);
    minutes = value < 0 ? 0 : value / 100 * 60 + value % 100;
  }
  if (minutes > 24 * 60) return 0;
  return negative ? -minutes : minutes;
}

const Zone* zone_named(std::string_view name) {
  const auto found = std::ranges::find(zones, name, &Zone::name);
  return found == zones.end() ? nullptr : &*found;
}

/// Whatever follows the time: zone names and offsets in any order; an offset outranks a name ("GMT+0100").
void read_zone(Scanner& in, Date& date) {
  bool offset_seen = false;
  while (!in.at_end()) {
    in.skip_space();
    const bool negative = in.peek() == '-';
    if (in.take_any("+-")) {
      date.zone_minutes = offset_seen ? date.zone_minutes : read_offset(in, negative);
      offset_seen = true;
      continue;
    }
    const Zone* zone = zone_named(in.run(is_letter));
    if (zone != nullptr && !offset_seen) date.zone_minutes = zone->minutes;
    if (zone == nullptr && !in.at_end() && !is_letter(in.peek()) && in.peek() != '+' && in.peek() != '-') {
      in.rest.remove_prefix(1);
    }
  }
}

bool set_day_of_year(Date& date, int day_of_year) {
  if (day_of_year < 1 || day_of_year > (is_leap(date.year) ? 366 : 365)) return false;
  date.day = day_of_year;
  for (date.month = 1; date.day > days_in_month(date.year, date.month); ++date.month) {
    date.day -= days_in_month(date.year, date.month);
  }
  return true;
}

/// What follows the year in "2003-12-31", "2003-12", "2003-365", "2003/12/31". Only nothing may follow a year alone.
bool read_parts(Scanner& in, Date& date) {
  if (!in.take_any("-/.")) return in.at_end();
  const std::string_view digits = in.run(is_digit);
  if (digits.size() == 3) return set_day_of_year(date, number(digits));
  if (digits.size() == 4) {
    date.month = number(digits.substr(0, 2));
    date.day = number(digits.substr(2));
    return true;
  }
  if (digits.empty()) return false;
  date.month = number(digits);
  if (in.take_any("-/.")) date.day = number(in.run(is_digit));
  return true;
}

/// The digits that begin an ISO 8601 date: a year, or a whole date without hyphens.
bool read_iso_digits(std::string_view digits, Date& date, Scanner& in) {
  date.year = number(digits.substr(0, 4));
  switch (digits.size()) {
    case 4:
      return read_parts(in, date);
    case 6:
      date.month = number(digits.substr(4));
      return true;
    case 7:
      return set_day_of_year(date, number(digits.substr(4)));
    case 8:
    case 12:
    case 14:
      break;
    default:
      return false;
  }
  date.month = number(digits.substr(4, 2));
  date.day = number(digits.substr(6, 2));
  Scanner time{digits.substr(8)};
  return time.at_end() || read_time(time, date);
}

/// "am" or "pm"; empty, and nothing taken, if another word stands there.
std::string_view take_half_of_day(Scanner& in) {
  Scanner ahead = in;
  const std::string_view word = ahead.run(is_letter);
  if (word != "am" && word != "pm") return {};
  in = ahead;
  return word;
}

/// Makes an hour of the 12-hour clock one of the day's 24; `half` is "am", "pm" or empty.
void apply_half_of_day(Date& date, std::string_view half) {
  if (half == "pm" && date.hour < 12) date.hour += 12;
  if (half == "am" && date.hour == 12) date.hour = 0;
}

/// A text that begins with a year in digits and has its month in digits. Nothing if it does not.
std::optional<Date> read_iso(std::string_view text) {
  Scanner in{text};
  Date date;
  const std::string_view digits = in.run(is_digit);
  if (digits.size() < 4 || !read_iso_digits(digits, date, in)) return std::nullopt;
  in.skip_space();
  if (in.take('t') || is_digit(in.peek())) {
    in.skip_space();
    if (!read_time(in, date)) return std::nullopt;
  }
  in.skip_space();
  apply_half_of_day(date, take_half_of_day(in));
  read_zone(in, date);
  return date;
}

/// RFC 2822 section 4.3: two digits below 50 are of this century, three count from 1900.
int full_year(std::string_view digits) {
  const int year = number(digits);
  if (digits.size() >= 4) return year;
  return digits.size() == 2 && year < 50 ? 2000 + year : 1900 + year;
}

/// A date in words, in any order: "Thu, 1st Jan 2004 19:48:21 GMT", "Jan 1, 2004 7:48 PM", "1-Jan-04", "01/31/2004",
/// "31.1.2004", "2004年1月31日".
class WordyDate {
 public:
  std::optional<Date> read(std::string_view text) {
    Scanner in{text};
    while (!in.at_end()) {
      if (is_digit(in.peek())) {
        read_digits(in);
      } else if (is_letter(in.peek())) {
        read_word(in.run(is_letter));
      } else if (time_seen_ && (in.peek() == '+' || in.peek() == '-')) {
        break;
      } else {
        in.rest.remove_prefix(1);
      }
    }
    if (!assign_numbers()) return std::nullopt;
    apply_half_of_day(date_, half_);
    read_zone(in, date_);
    return date_;
  }

 private:
  void read_digits(Scanner& in) {
    const std::size_t length = std::min(in.rest.find_first_not_of("0123456789"), in.rest.size());
    const bool is_time = !time_seen_ && length <= 2 && length < in.rest.size() && in.rest[length] == ':';
    if (is_time) {
      time_seen_ = read_time(in, date_);
    } else if (numbers_.size() < 3) {
      numbers_.push_back(in.run(is_digit));
      dotted_ = dotted_ || (numbers_.size() == 1 && in.peek() == '.');
    } else {
      in.run(is_digit);
    }
  }

  /// The last month named counts: before it, "mar" may be a Tuesday.
  void read_word(std::string_view word) {
    const auto month = std::ranges::find_if(months, [&](const Month& each) { return word.starts_with(each.prefix); });
    if (word == "am" || word == "pm") {
      half_ = word;
    } else if (month != months.end()) {
      date_.month = month->number;
      month_seen_ = true;
    } else if (const Zone* zone = zone_named(word); zone != nullptr && time_seen_) {
      date_.zone_minutes = zone->minutes;
    }
  }

  /// Of three numbers. Dots are written where the day comes first; slashes mean month/day/year, as in the United
  /// States.
  bool is_day_first() const {
    const bool no_month = number(numbers_[0]) > 12;
    return no_month || (dotted_ && number(numbers_[1]) <= 12);
  }

  /// Which number is the day, which the year, and which the month if no word named it.
  bool assign_numbers() {
    if (numbers_.size() != (month_seen_ ? 2U : 3U)) return false;
    if (!month_seen_) {
      const bool day_first = is_day_first();
      date_.month = number(numbers_[day_first ? 1 : 0]);
      numbers_.erase(numbers_.begin() + (day_first ? 1 : 0));
    }
    const bool year_first = numbers_[0].size() > 2 || number(numbers_[0]) > 31;
    const std::string_view year = numbers_[year_first ? 0 : 1];
    if (year.size() < 2) return false;
    date_.year = full_year(year);
    date_.day = number(numbers_[year_first ? 1 : 0]);
    return true;
  }

  Date date_;
  std::vector<std::string_view> numbers_;  // in their order, the time's excepted
  std::string_view half_;                  // "am", "pm" or empty
  bool dotted_ = false;                    // a dot follows the first of them
  bool month_seen_ = false;
  bool time_seen_ = false;
};

void append_padded(std::string& out, std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  out.append(width > digits.size() ? width - digits.size() : 0, '0');
  out += digits;
}

/// Seconds in a unit by its letter or word; 0 if it is none.
std::uint64_t seconds_in(std::string_view unit) {
  const bool is_minute = unit == "m" || unit.starts_with("min");
  if (is_minute) return 60;
  if (unit == "d" || unit == "dt" /* "P1DT2H" */ || unit == "day" || unit == "days") return 86'400;
  if (unit == "h" || unit == "hr" || unit == "hrs" || unit == "hour" || unit == "hours") return 3600;
  return unit == "s" || unit.starts_with("sec") ? 1 : 0;
}

/// "PT1H2M3S", "1h 2m 3s", "45 min"; lower case.
std::optional<std::uint64_t> parse_units(std::string_view text) {
  Scanner in{text};
  in.take('p');
  std::uint64_t seconds = 0;
  bool any = false;
  while (!in.at_end()) {
    in.take('t');
    const int value = number(in.run(is_digit));
    read_fraction(in);
    in.skip_space();
    const std::uint64_t unit = seconds_in(in.run(is_letter));
    in.take('.');
    in.skip_space();
    if (value < 0 || unit == 0) return std::nullopt;
    seconds += static_cast<std::uint64_t>(value) * unit;
    any = true;
  }
  return any ? std::optional(seconds) : std::nullopt;
}

/// "1:02:03", "62:03", "3723".
std::optional<std::uint64_t> parse_clock(std::string_view text, int& ms) {
  Scanner in{text};
  std::uint64_t seconds = 0;
  for (int parts = 0; parts < 3; ++parts) {
    const int value = number(in.run(is_digit));
    if (value < 0) return std::nullopt;
    seconds = seconds * 60 + static_cast<std::uint64_t>(value);
    if (!in.take(':')) break;
  }
  ms = read_fraction(in);
  return in.at_end() && seconds <= duration_max ? std::optional(seconds) : std::nullopt;
}

}  // namespace

std::optional<std::int64_t> parse_date(std::string_view text) {
  text = trim(text);
  if (text.empty() || text.size() > text_max) return std::nullopt;
  const std::string lower = to_lower(text);
  auto date = read_iso(lower);
  if (!date) date = WordyDate().read(lower);
  return date ? to_ms(*date) : std::nullopt;
}

std::string format_date(std::int64_t ms) {
  std::int64_t days = ms / ms_per_day;
  std::int64_t rest = ms % ms_per_day;
  if (rest < 0) {
    rest += ms_per_day;
    --days;
  }
  int year = 1970 + static_cast<int>(days / 365);  // never too early; goes back below
  while (days_since_1970(year, 1, 1) > days) --year;
  while (days_since_1970(year + 1, 1, 1) <= days) ++year;
  Date date{.year = year};
  set_day_of_year(date, static_cast<int>(days - days_since_1970(year, 1, 1)) + 1);
  std::string out;
  append_padded(out, date.year, 4);
  append_padded(out += '-', date.month, 2);
  append_padded(out += '-', date.day, 2);
  append_padded(out += 'T', rest / 3'600'000, 2);
  append_padded(out += ':', rest / 60'000 % 60, 2);
  append_padded(out += ':', rest / 1000 % 60, 2);
  if (rest % 1000 != 0) append_padded(out += '.', rest % 1000, 3);
  return out + "Z";
}

std::optional<std::uint64_t> parse_duration(std::string_view text) {
  text = trim(text);
  if (text.empty() || text.size() > text_max) return std::nullopt;
  const std::string lower = to_lower(text);
  int ms = 0;
  auto seconds = parse_clock(lower, ms);
  if (!seconds) seconds = parse_units(lower);
  return seconds && *seconds <= duration_max ? seconds : std::nullopt;
}

std::optional<std::uint64_t> parse_clock_ms(std::string_view text) {
  text = trim(text);
  int ms = 0;
  const auto seconds = text.size() > text_max ? std::nullopt : parse_clock(text, ms);
  return seconds ? std::optional(*seconds * 1000 + static_cast<std::uint64_t>(ms)) : std::nullopt;
}

}  // namespace skypod::feed
