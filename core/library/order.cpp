#include "core/library/order.hpp"

#include <algorithm>

namespace skypod::library {
namespace {

constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t base = digits.size();

/// The digit at a position; before the end of a text every further digit is 0.
std::size_t digit_at(std::string_view text, std::size_t position) {
  return position < text.size() ? digits.find(text[position]) : 0;
}

}  // namespace

std::string place_between(std::string_view before, std::string_view after, Random& random) {
  std::string place;
  bool bounded = !after.empty();
  for (std::size_t i = 0;; ++i) {
    const std::size_t low = digit_at(before, i);
    const std::size_t high = bounded ? (i < after.size() ? digit_at(after, i) : 0) : base;
    if (high > low + 1) {
      // At the ends by one step, so that a list that grows there keeps short places.
      const std::size_t step = after.empty() ? 1 : before.empty() ? high - low - 1 : (high - low) / 2;
      place += digits[low + step];
      break;
    }
    place += digits[low];
    if (high == low + 1) bounded = false;  // below `after` already: the rest is free
  }
  place += digits[1 + random.below(base - 1)];  // never 0, so that there is always room before it
  return place;
}

bool is_place(std::string_view text) {
  return !text.empty() && text.size() <= place_max && text.back() != digits[0] &&
         std::ranges::all_of(text, [](char letter) { return digits.find(letter) != std::string_view::npos; });
}

}  // namespace skypod::library
