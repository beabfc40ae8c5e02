// How much text there is, how much of it are links, and of what shape: the figures that tell prose from navigation.
#pragma once

#include <cstddef>
#include <string_view>

#include "reader/dom.hpp"

namespace skypod::reader {

/// Text with runs of space counted as one character, none at the ends.
struct Extent {
  std::size_t chars = 0;
  std::size_t commas = 0;  // in any script
};

Extent extent_of(const Node& node);

/// The share of the text that are links, 0 to 1; links within the page count for less.
double link_density(const Node& node);

/// True if there is no text below the node but space.
bool is_blank(const Node& node);

/// True if nothing but space stands beside the node.
bool is_alone(const Node& node);

/// Elements that may stand in a line of text, and only such below them.
bool is_phrasing(const Node& node);

/// True if an element of one of these names is below the node.
bool contains_any(const Node& node, std::span<const std::string_view> names);

/// The nearest ancestor by that name at most `levels` up, or nullptr.
const Node* ancestor(const Node& node, std::string_view name, int levels);

/// How alike two lines of lower-case text are, 0 to 1: the share of the second's words that the first has, by length.
double similarity(std::string_view left, std::string_view right);

/// How many elements by that name are below the node.
std::size_t count_below(const Node& node, std::string_view name);

}  // namespace skypod::reader
