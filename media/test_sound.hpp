// What tests of sound share: sound that is like speech (syllables of noise, and pauses), files made of it by ffmpeg,
// and ffmpeg's own answers to compare with.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <optional>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace skypod::test {

/// Interleaved samples.
struct Sound {
  int rate = 44'100;
  int channels = 1;
  std::vector<float> samples;

  std::size_t frames() const { return samples.size() / static_cast<std::size_t>(channels); }
  void add(float value) { samples.insert(samples.end(), static_cast<std::size_t>(channels), value); }
};

inline Sound sine(int rate, double hertz, double amplitude, double seconds, double phase = 0) {
  Sound sound{.rate = rate, .samples = {}};
  for (int at = 0; at < static_cast<int>(seconds * rate); ++at) {
    sound.add(static_cast<float>(amplitude * std::sin(2 * std::numbers::pi * hertz * at / rate + phase)));
  }
  return sound;
}

/// Words of 0.1 to 0.3 s at about -15 dBFS, and between sentences pauses of 0.1 to 1.5 s, in which the room is at -66.
inline Sound speech_like(int rate, int channels, double seconds, unsigned seed = 1) {
  Sound sound{.rate = rate, .channels = channels, .samples = {}};
  std::minstd_rand random(seed);
  const auto part = [&random] { return static_cast<double>(random()) / std::minstd_rand::max(); };
  double low = 0;
  while (static_cast<double>(sound.frames()) < seconds * rate) {
    const bool is_pause = part() < 0.25;
    const double lasts = is_pause ? 0.1 + 1.4 * part() : 0.1 + 0.2 * part();
    const int frames = static_cast<int>(lasts * rate);
    const double loud = is_pause ? 0.0005 : 0.3 + 0.5 * part();
    for (int at = 0; at < frames; ++at) {
      low += 0.3 * (2 * part() - 1 - low);
      const double shape = is_pause ? 1 : std::sin(std::numbers::pi * at / frames);
      sound.add(static_cast<float>(loud * shape * low));
    }
  }
  return sound;
}

inline void append_little(std::string& octets, unsigned long value, int count) {
  for (int at = 0; at < count; ++at) octets += static_cast<char>(value >> (8 * at));
}

/// A WAV file of 16 bits.
inline std::string wav_of(const Sound& sound) {
  std::string data;
  for (const float sample : sound.samples) {
    append_little(data, static_cast<unsigned short>(std::lround(std::fmax(-1, std::fmin(1, sample)) * 32'767)), 2);
  }
  const auto channels = static_cast<unsigned long>(sound.channels);
  const auto rate = static_cast<unsigned long>(sound.rate);
  std::string file = "RIFF";
  append_little(file, 36 + data.size(), 4);
  file += "WAVEfmt ";
  append_little(file, 16, 4);
  append_little(file, 1, 2);
  append_little(file, channels, 2);
  append_little(file, rate, 4);
  append_little(file, rate * channels * 2, 4);
  append_little(file, channels * 2, 2);
  append_little(file, 16, 2);
  file += "data";
  append_little(file, data.size(), 4);
  return file + data;
}

/// Runs a command; gives all that it printed. Throws if it failed.
inline std::string run(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1 </dev/null").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string printed;
  for (int letter = std::getc(pipe); letter != EOF; letter = std::getc(pipe)) printed += static_cast<char>(letter);
  if (pclose(pipe) != 0) throw std::runtime_error(command + ": " + printed);
  return printed;
}

inline std::string quoted(const std::filesystem::path& path) {
  return "'" + path.string() + "'";
}

/// Makes a file of another, with ffmpeg's options for it.
inline void encode(const std::filesystem::path& from, const std::string& options, const std::filesystem::path& to) {
  run("ffmpeg -v error -y -i " + quoted(from) + " -threads 1 " + options + " " + quoted(to));
}

/// What ffmpeg's silencedetect and ebur128 say of a file.
struct Reference {
  struct Silence {
    double begin = 0;
    double end = 0;
  };
  std::vector<Silence> silences;
  double lufs = 0;
  double true_peak = 0;
};

inline double number_after(std::string_view text, std::string_view mark, std::size_t from = 0) {
  const std::size_t at = text.find(mark, from);
  if (at == std::string_view::npos) throw std::runtime_error("ffmpeg did not say " + std::string(mark));
  return std::strtod(std::string(text.substr(at + mark.size(), 40)).c_str(), nullptr);
}

inline Reference ask_ffmpeg(const std::filesystem::path& file) {
  const std::string said = run("ffmpeg -hide_banner -nostats -i " + quoted(file) +
                               " -map 0:a:0 -af silencedetect=n=-45dB:d=0.4,ebur128=peak=true:framelog=verbose"
                               " -f null -");
  Reference reference;
  constexpr std::string_view begin = "silence_start: ";
  constexpr std::string_view end = "silence_end: ";
  for (std::size_t at = said.find(begin); at != std::string::npos; at = said.find(begin, at + 1)) {
    if (said.find(end, at) == std::string::npos) break;
    reference.silences.push_back({number_after(said, begin, at), number_after(said, end, at)});
  }
  const std::size_t summary = said.find("Summary:");
  reference.lufs = number_after(said, "I:", summary);
  reference.true_peak = number_after(said, "Peak:", summary);
  return reference;
}

}  // namespace skypod::test
