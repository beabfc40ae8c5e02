// When a feed is to be looked at again: as often as it changes, never more often than it says, and ever more seldom
// while it cannot be had. Pure functions; times are milliseconds since 1970.
#pragma once

#include <cstdint>
#include <optional>

namespace skypod::server {

/// The bounds.
struct ScheduleOptions {
  std::int64_t least_ms = 10 * 60 * 1'000;            // between two looks
  std::int64_t first_ms = 60 * 60 * 1'000;            // for a feed of which nothing is known
  std::int64_t most_ms = 24 * 60 * 60 * 1'000;        // also where the feed asks for more, or its hub tells what is new
  std::int64_t asked_ms = 14 * 24 * 60 * 60 * 1'000;  // for so long after somebody has asked for it
};

/// What is known of one feed.
struct Schedule {
  std::int64_t asked_ms = 0;     // when somebody last asked for it
  std::int64_t looked_ms = 0;    // when its origin was last asked
  std::int64_t interval_ms = 0;  // by how often it changes
  std::int64_t said_ms = 0;      // the least that it asks for itself: max-age, ttl, sy:updatePeriod, Retry-After
  int failures = 0;              // in a row
  bool is_told = false;          // its hub tells when there is something new

  friend bool operator==(const Schedule&, const Schedule&) = default;
};

/// It was there, with something new in it or not; it asks to be left alone for so long.
void note_found(Schedule& schedule, bool has_changed, std::int64_t said_ms, std::int64_t now_ms,
                const ScheduleOptions& options);

/// It could not be had; its origin asks to be left alone for so long.
void note_failure(Schedule& schedule, std::int64_t said_ms, std::int64_t now_ms);

/// When to look again; `chance`, from 0 to 1, moves it by up to a tenth, so that feeds which failed together do not
/// come back together. Nothing if nobody has asked for it lately.
std::optional<std::int64_t> due_ms(const Schedule& schedule, double chance, const ScheduleOptions& options);

}  // namespace skypod::server
