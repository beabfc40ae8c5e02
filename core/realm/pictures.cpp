#include "core/realm/pictures.hpp"

#include <utility>

namespace skypod::realm {
namespace {

using Drawn = std::pair<std::string_view, std::string_view>;

// Things that are told apart at a glance, in any culture, also without colour. The order is part of the protocol.
constexpr std::array<Drawn, pictures_all> all{{
    {"🐶", "dog"},      {"🐱", "cat"},        {"🦁", "lion"},       {"🐴", "horse"},    {"🦄", "unicorn"},
    {"🐷", "pig"},      {"🐘", "elephant"},   {"🐰", "rabbit"},     {"🐼", "panda"},    {"🐓", "rooster"},
    {"🐧", "penguin"},  {"🐢", "turtle"},     {"🐟", "fish"},       {"🐙", "octopus"},  {"🦋", "butterfly"},
    {"🌷", "flower"},   {"🌳", "tree"},       {"🌵", "cactus"},     {"🍄", "mushroom"}, {"🌍", "globe"},
    {"🌙", "moon"},     {"⭐", "star"},       {"⛅", "cloud"},      {"🔥", "fire"},     {"🍌", "banana"},
    {"🍎", "apple"},    {"🍓", "strawberry"}, {"🌽", "corn"},       {"🍕", "pizza"},    {"🎂", "cake"},
    {"❤️", "heart"},     {"😀", "smile"},      {"🤖", "robot"},      {"🎩", "hat"},      {"👓", "glasses"},
    {"🔧", "spanner"},  {"🎅", "santa"},      {"👍", "thumb"},      {"☂️", "umbrella"},  {"⌛", "hourglass"},
    {"⏰", "clock"},    {"🎁", "gift"},       {"💡", "lamp"},       {"📕", "book"},     {"✏️", "pencil"},
    {"📎", "clip"},     {"✂️", "scissors"},    {"🔒", "padlock"},    {"🔑", "key"},      {"🔨", "hammer"},
    {"☎️", "telephone"}, {"🏁", "flag"},       {"🚂", "train"},      {"🚲", "bicycle"},  {"✈️", "aeroplane"},
    {"🚀", "rocket"},   {"🏆", "trophy"},     {"⚽", "ball"},       {"🎸", "guitar"},   {"🎺", "trumpet"},
    {"🔔", "bell"},     {"⚓", "anchor"},     {"🎧", "headphones"}, {"📁", "folder"},
}};

constexpr std::size_t bits_each = 6;

}  // namespace

Picture picture_at(std::size_t index) {
  return {index, all.at(index).first, all.at(index).second};
}

Task<Result<std::vector<Picture>, wire::Error>> pictures_of(core::Host& host, std::string signer, std::string jti) {
  const core::Answer stretched = co_await host.ask(
      core::ask::Stretch{Redacted<Bytes>("skypod pictures " + signer), std::move(jti), picture_rounds});
  const Bytes octets = stretched ? wire::binary_bytes(*stretched) : "";
  if (octets.size() < pictures_shown) {
    co_return unexpected(stretched ? wire::Error{wire::ErrorCode::internal, ""} : stretched.error());
  }
  std::uint64_t bits = 0;
  for (const char octet : octets.substr(0, 8)) bits = (bits << 8U) | static_cast<unsigned char>(octet);
  std::vector<Picture> pictures;
  for (std::size_t i = 0; i < pictures_shown; ++i) {
    pictures.push_back(picture_at((bits >> (64 - bits_each * (i + 1))) % pictures_all));
  }
  co_return pictures;
}

}  // namespace skypod::realm
