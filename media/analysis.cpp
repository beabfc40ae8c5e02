#include "media/analysis.hpp"

extern "C" {
#include <libavutil/log.h>
}

#include <algorithm>
#include <cmath>
#include <future>
#include <thread>
#include <utility>

#include "media/crew.hpp"
#include "media/file_hash.hpp"
#include "media/loudness.hpp"

namespace skypod::media {
namespace {

constexpr double shortfall_seconds = 1.0;  // by which a file may be shorter than it says

unsigned threads_of(const Options& options) {
  return options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
}

/// Decodes everything.
std::vector<Part> measure_all(Demuxer& demuxer, const Options& options) {
  Crew crew(threads_of(options), options.silence);
  auto segment = demuxer.next();
  while (segment) {
    auto following = demuxer.next();
    segment->is_last = !following;
    crew.take(std::move(*segment));
    segment = std::move(following);
    if (options.progress) options.progress(demuxer.progress());
  }
  return crew.finish();
}

std::string minutes_of(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  const std::string rest = std::to_string(whole % 60);
  return std::to_string(whole / 60) + ":" + (rest.size() < 2 ? "0" : "") + rest;
}

std::vector<std::string> warnings_of(const Demuxer& demuxer, const Part& whole) {
  std::vector<std::string> warnings;
  if (whole.broken > 0) {
    warnings.push_back(std::to_string(whole.broken) +
                       " packets are damaged and were left out. Download the file again if it sounds wrong.");
  }
  const double lasts = seconds_of(whole.span.end);
  const auto declared = demuxer.declared_duration();
  const bool is_short = declared && *declared - lasts > std::max(shortfall_seconds, *declared * 0.002);
  if (is_short || demuxer.ending() == Ending::broken) {
    warnings.push_back((is_short ? "The file says that it lasts " + minutes_of(*declared) + ", but ends after "
                                 : "The file is damaged after ") +
                       minutes_of(lasts) + ". Download it again.");
  }
  return warnings;
}

/// Bars of equal length.
std::vector<std::uint8_t> peaks_of(const Part& whole) {
  const std::size_t cells = whole.cells.size();
  const std::size_t bars = std::min(cells, peaks_max);
  std::vector<std::uint8_t> peaks;
  for (std::size_t bar = 0; bar < bars; ++bar) {
    float largest = 0;
    for (std::size_t at = bar * cells / bars; at < (bar + 1) * cells / bars; ++at) {
      largest = std::max(largest, whole.cells[at].peak);
    }
    peaks.push_back(static_cast<std::uint8_t>(std::lround(std::min(1.0F, largest) * 255)));
  }
  return peaks;
}

/// Chapters end where the sound does, and those behind it are of another file.
std::vector<Chapter> chapters_within(std::vector<Chapter> chapters, double duration) {
  std::erase_if(chapters, [duration](const Chapter& one) { return one.start >= duration; });
  for (Chapter& one : chapters) one.end = std::clamp(one.end, one.start, duration);
  return chapters;
}

Map map_of(const Demuxer& demuxer, const Part& whole) {
  Map map;
  map.codec = demuxer.codec_name();
  map.content_type = demuxer.content_type();
  map.duration = whole.span.end;
  map.silences = whole.silences;
  map.lufs = integrated_loudness(whole.cells, whole.span.end % cell_ticks == 0);
  if (whole.true_peak > 0) map.true_peak_decibels = 20.0 * std::log10(static_cast<double>(whole.true_peak));
  map.peaks = peaks_of(whole);
  map.chapters = chapters_within(demuxer.chapters(), seconds_of(map.duration));
  map.warnings = warnings_of(demuxer, whole);
  return map;
}

std::optional<Failure> failure_of(const Demuxer& demuxer, const Part& whole) {
  if (demuxer.ending() == Ending::too_long) {
    return Failure{"audio_too_long", "The file lasts more than 24 hours. Cut it in parts."};
  }
  if (demuxer.ending() == Ending::late) {
    return Failure{"audio_refused", "Reading the file took longer than it may. Try again when there is less to do."};
  }
  if (whole.is_empty()) {
    return Failure{"not_audio", "Nothing in the file could be decoded: it is damaged or encrypted. Download it again."};
  }
  return std::nullopt;
}

}  // namespace

Result<Map, Failure> analyse(int descriptor, const Options& options) {
  av_log_set_level(AV_LOG_QUIET);
  const auto deadline = std::chrono::steady_clock::now() + options.time_max;
  auto demuxer = Demuxer::open(descriptor, deadline, options.is_split);
  if (!demuxer) return unexpected(demuxer.error());
  auto hash = std::async(std::launch::async, [descriptor] { return hash_file(descriptor); });
  const Part whole = join(measure_all(**demuxer, options), ticks_of(options.silence.least_seconds));
  const auto sha256 = hash.get();
  if (!sha256) return unexpected(sha256.error());
  if (auto failure = failure_of(**demuxer, whole)) return unexpected(std::move(*failure));
  Map map = map_of(**demuxer, whole);
  map.sha256 = *sha256;
  return map;
}

}  // namespace skypod::media
