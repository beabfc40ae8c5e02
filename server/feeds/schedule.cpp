#include "server/feeds/schedule.hpp"

#include <algorithm>

namespace skypod::server {
namespace {

constexpr int doublings_max = 10;
constexpr double jitter = 0.1;

}  // namespace

void note_found(Schedule& schedule, bool has_changed, std::int64_t said_ms, std::int64_t now_ms,
                const ScheduleOptions& options) {
  if (schedule.interval_ms == 0) {
    schedule.interval_ms = options.first_ms;
  } else {
    schedule.interval_ms = has_changed ? schedule.interval_ms / 2 : schedule.interval_ms + schedule.interval_ms / 2;
  }
  schedule.interval_ms = std::clamp(schedule.interval_ms, options.least_ms, options.most_ms);
  schedule.looked_ms = now_ms;
  schedule.said_ms = said_ms;
  schedule.failures = 0;
}

void note_failure(Schedule& schedule, std::int64_t said_ms, std::int64_t now_ms) {
  schedule.looked_ms = now_ms;
  schedule.said_ms = said_ms;
  ++schedule.failures;
}

std::optional<std::int64_t> due_ms(const Schedule& schedule, double chance, const ScheduleOptions& options) {
  const std::int64_t wanted = schedule.is_told ? options.most_ms : std::max(schedule.interval_ms, options.least_ms);
  const std::int64_t backed_off = wanted << std::min(schedule.failures, doublings_max);
  const auto wait = static_cast<double>(std::min(std::max(backed_off, schedule.said_ms), options.most_ms));
  const std::int64_t due = schedule.looked_ms + static_cast<std::int64_t>(wait * (1 + jitter * chance));
  if (due > schedule.asked_ms + options.asked_ms) return std::nullopt;
  return due;
}

}  // namespace skypod::server
