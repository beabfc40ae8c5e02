// The words feeds are written in. RSS, RDF and Atom say the same things under different names and namespaces, so a
// table turns each (namespace, element) into the field it fills and a rank: of several sources, the highest rank wins.
#pragma once

#include <cstdint>
#include <string_view>

namespace skypod::feed {

/// Namespaces that mean something to us; `plain` is no namespace, every RSS and every Atom, whose words do not clash.
enum class Namespace : std::uint8_t {
  unknown,
  plain,
  content,
  dublin_core,
  feedburner,
  itunes,
  media,
  podcast,
  podlove,
  rdf,
  syndication,
  xhtml,
  xml,
};

/// The namespace with this URI, compared without case, "https", and a final "/" or "#".
Namespace namespace_of(std::string_view uri);

/// The URI that a prefix nearly always stands for ("itunes"), for documents that forgot to declare it; else "".
std::string_view usual_namespace(std::string_view prefix);

/// What an element says about the feed or item that it stands in.
enum class Field : std::uint8_t {
  title,
  link,
  description,
  body,  // content:encoded, atom:content
  guid,
  published,
  updated,
  language,
  image,
  duration,
  season,
  episode,
  episode_type,
  is_explicit,
  medium,
  podcast_guid,
  podcast_type,
  icon,  // atom:icon
  subtitle,
  copyright,
  generator,
  comments,
  ttl,
  update_period,     // of syndication: how often …
  update_frequency,  // … in that time
  is_blocked,
  is_complete,
  new_feed_url,
  author,       // text or a person element
  contributor,  // the same
  owner,        // the same
  person,       // podcast:person
  category,     // text or attributes
  keywords,     // separated by commas
  enclosure,    // attributes
  media_file,   // media:content
  thumbnail,    // attributes
  picture,      // <image> with <url>, or an href attribute
  chapters,     // attributes
  transcript,   // attributes
  funding,      // text and attributes
  wrapper,      // media:group: its children count as the item's
  source,       // text and attributes, or <title>, <link>
  chapter,      // attributes
};

/// Fields below this one hold one text each.
inline constexpr std::size_t text_fields = static_cast<std::size_t>(Field::author);

/// One row of the table.
struct Word {
  Namespace space;
  std::string_view name;  // lower case
  Field field;
  std::uint8_t rank;
};

/// The row for an element, or nullptr. `name` in lower case.
const Word* find_word(Namespace space, std::string_view name);

}  // namespace skypod::feed
