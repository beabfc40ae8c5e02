// `skypod audio`: the map of a file. Whatever the file does to its decoder stays in this process, which from the moment
// it has opened the file can do nothing but compute.
#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

#include "cli/command.hpp"
#include "media/analysis.hpp"
#include "media/jail/jail.hpp"
#include "media/map_json.hpp"

namespace skypod::cli {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr auto patience = std::chrono::milliseconds(500);  // before people are shown how far it is

struct Wish {
  std::string file;
  std::string threshold = "-45dB";
  double min_silence = 0.4;
  unsigned threads = 0;
  bool is_json = false;
  bool is_summary = false;
  bool is_lines = false;
};

/// "-45dB", "-45 dB" or "-45"; nothing if it is none of them, or not from -120 to 0.
std::optional<double> decibels_of(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);  // see protect_ids()
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  const bool is_sound = error == std::errc() && (unit.empty() || unit == "dB" || unit == "db") && value >= -120;
  return is_sound && value < 0 ? std::optional(value) : std::nullopt;
}

/// An open file. "-" is standard input, which must be one as well.
int open_file(const std::string& name) {
  const int file = name == "-" ? STDIN_FILENO : ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    throw Failure{failed, name + " cannot be opened: " + std::strerror(errno) + "; check the name and who may read it"};
  }
  return file;
}

void print_line(const json& line) {
  std::puts(line.dump(-1, ' ', false, json::error_handler_t::replace).c_str());
  std::fflush(stdout);
}

/// Says how far it is: to programs in lines, to people on a terminal once it takes long.
std::function<void(double)> progress_of(const Wish& wish) {
  if (wish.is_lines) {
    return [](double part) { print_line({{"progress", part}}); };
  }
  if (isatty(STDERR_FILENO) == 0) return {};
  return [began = Clock::now()](double part) {
    if (Clock::now() - began > patience) std::fprintf(stderr, "\ranalysing: %2.0f %%  ", part * 100);
    if (part >= 1) std::fputs("\r\033[K", stderr);
  };
}

void print_summary(const media::Map& map) {
  double silent = 0;
  for (const media::Span& one : map.silences) silent += media::seconds_of(one.end - one.begin);
  const double lasts = media::seconds_of(map.duration);
  std::printf("duration    %.1f s of %s\n", lasts, map.codec.c_str());
  std::printf("silences    %zu, together %.1f s (%.1f %%)\n", map.silences.size(), silent, 100 * silent / lasts);
  if (map.lufs) std::printf("loudness    %.1f LUFS\n", *map.lufs);
  if (map.true_peak_decibels) std::printf("true peak   %.1f dBTP\n", *map.true_peak_decibels);
  for (const media::Chapter& one : map.chapters) std::printf("chapter     %.1f s  %s\n", one.start, one.title.c_str());
  for (const std::string& one : map.warnings) std::printf("warning     %s\n", one.c_str());
  std::printf("sha256      %s\n", map.sha256.c_str());
}

int print_failure(const Wish& wish, const media::Failure& failure) {
  if (wish.is_lines) print_line({{"failure", {{"code", failure.code}, {"message", failure.message}}}});
  return fail(failed, failure.message);
}

media::Options options_of(const Wish& wish) {
  media::Options options;
  const auto threshold = decibels_of(wish.threshold);
  if (!threshold) throw Failure{misused, "--threshold is no level from -120dB to below 0dB; write for example -45dB"};
  options.silence = {.threshold_decibels = *threshold, .least_seconds = wish.min_silence};
  options.threads = wish.threads;
  options.progress = progress_of(wish);
  return options;
}

int print_map(const Wish& wish) {
  const media::Options options = options_of(wish);
  const int file = open_file(wish.file);
  if (const auto jailed = media::enter_jail({}); !jailed) throw Failure{failed, jailed.error()};
  const auto map = media::analyse(file, options);
  if (options.progress) options.progress(1);
  if (!map) return print_failure(wish, map.error());
  if (wish.is_summary) {
    print_summary(*map);
  } else {
    const json found = media::to_json(*map);
    print_line(wish.is_lines ? json{{"map", found}} : found);
  }
  return done;
}

}  // namespace

void add_audio(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("audio", "Find an audio file's silences, loudness, waveform and chapters");
  const auto wish = std::make_shared<Wish>();
  command->add_option("file", wish->file, "MP3, AAC, M4A, Opus, Vorbis, FLAC or WAV; - for standard input")->required();
  command->add_option("--threshold", wish->threshold, "What stays below this level is silent")->capture_default_str();
  command->add_option("--min-silence", wish->min_silence, "Seconds that a silence lasts at least")
      ->capture_default_str()
      ->check(CLI::Range(0.02, 3600.0));
  command->add_option("--threads", wish->threads, "Processors to use; all if not given");
  command->add_flag("--json", wish->is_json, "Print JSON (the default)");
  command->add_flag("--summary", wish->is_summary, "Print a few lines for people instead");
  command->add_flag("--lines", wish->is_lines,
                    "Print progress, then the map or why there is none, each as a JSON line");
  command->footer(
      "Examples:\n  skypod audio episode.mp3\n  skypod audio episode.m4a --summary\n"
      "  skypod audio episode.opus --threshold -50dB --min-silence 0.6");
  command->callback([&action, wish] { action = [wish] { return print_map(*wish); }; });
}

}  // namespace skypod::cli
