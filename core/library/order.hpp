// Places in an ordered list that several devices change at once: a text between any two texts, so that moving one entry
// writes one entry (David Greenspan, "Implementing Fractional Indexing", 2020).
#pragma once

#include <string>
#include <string_view>

#include "base/random.hpp"

namespace skypod::library {

/// Longest place; a list that has grown such places is spread anew.
inline constexpr std::size_t place_max = 200;

/// A place after `before` and before `after`; "" stands for the beginning and for the end. Ends with a random digit, so
/// that two devices that insert at the same spot seldom choose the same place. Needs before < after.
std::string place_between(std::string_view before, std::string_view after, Random& random);

/// Whether a text from elsewhere is a place.
bool is_place(std::string_view text);

}  // namespace skypod::library
