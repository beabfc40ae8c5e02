#include "media/map_json.hpp"

#include <cmath>

namespace skypod::media {
namespace {

using nlohmann::json;

double rounded(double value, double steps) {
  return std::round(value * steps) / steps;
}

double milliseconds(double seconds) {
  return rounded(seconds, 1000);
}

json level(const std::optional<double>& decibels) {
  return decibels ? json(rounded(*decibels, 100)) : json(nullptr);
}

}  // namespace

json to_json(const Map& map) {
  json silences = json::array();
  for (const Span& one : map.silences) {
    silences.push_back({milliseconds(seconds_of(one.begin)), milliseconds(seconds_of(one.end))});
  }
  json chapters = json::array();
  for (const Chapter& one : map.chapters) {
    chapters.push_back({{"start", milliseconds(one.start)}, {"end", milliseconds(one.end)}, {"title", one.title}});
  }
  return {{"sha256", map.sha256},
          {"codec", map.codec},
          {"content_type", map.content_type},
          {"duration", milliseconds(seconds_of(map.duration))},
          {"silences", std::move(silences)},
          {"loudness", {{"lufs", level(map.lufs)}, {"truePeak", level(map.true_peak_decibels)}}},
          {"peaks", map.peaks},
          {"chapters", std::move(chapters)},
          {"warnings", map.warnings}};
}

}  // namespace skypod::media
