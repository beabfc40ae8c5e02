#include "core/feed/draft.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.hpp"
#include "core/feed/date.hpp"
#include "core/feed/html_text.hpp"
#include "core/feed/identity.hpp"
#include "core/feed/media_type.hpp"

namespace skypod::feed {
namespace {

constexpr std::uint64_t whole_max = (std::uint64_t{1} << 53U) - 1;  // JavaScript's largest exact whole number

std::size_t octets_max(Field field) {
  return field == Field::description || field == Field::body ? html_max : line_max;
}

/// A decimal number such as "3" or "3.5", else "".
std::string decimal(std::string text) {
  const bool digits = !text.empty() && text.size() <= 16 && text.find_first_not_of("0123456789.") == std::string::npos;
  const bool shape = digits && text.front() != '.' && text.back() != '.' && std::ranges::count(text, '.') <= 1;
  return shape ? text : "";
}

/// One of the known lower-case words, else "".
std::string one_of(const std::string& text, std::initializer_list<std::string_view> known) {
  const std::string lower = to_lower(text);
  return std::ranges::find(known, lower) != known.end() ? lower : "";
}

/// What sy:updatePeriod and sy:updateFrequency make of an hour; nothing if the period is no word of theirs.
std::optional<std::uint64_t> minutes_between(const std::string& period, std::optional<std::uint64_t> frequency) {
  constexpr std::array<std::pair<std::string_view, std::uint64_t>, 5> periods{
      {{"hourly", 60}, {"daily", 1'440}, {"weekly", 10'080}, {"monthly", 43'200}, {"yearly", 525'600}}};
  const auto found = std::ranges::find(periods, to_lower(period), &std::pair<std::string_view, std::uint64_t>::first);
  if (found == periods.end()) return std::nullopt;
  return found->second / std::max<std::uint64_t>(1, frequency.value_or(1));
}

std::string_view attribute_of(const Extra& extra, std::string_view name) {
  const auto found = std::ranges::find(extra.attributes, name, &std::pair<std::string, std::string>::first);
  return found == extra.attributes.end() ? std::string_view() : found->second;
}

/// The file of a podcast:alternateEnclosure at its first address on the web; without address if it has none there.
Attachment alternate_of(const Extra& extra) {
  Attachment attachment;
  attachment.mime_type = attribute_of(extra, "type");
  attachment.size_octets = parse_quantity(attribute_of(extra, "length"));
  for (const Extra& child : extra.children) {
    const std::string_view uri = attribute_of(child, "uri");
    const bool web = uri.starts_with("https://") || uri.starts_with("http://");
    if (child.name == "source" && web && attachment.url.empty()) attachment.url = uri;
  }
  return attachment;
}

std::size_t count_of(const Extra& extra) {
  std::size_t count = 1;
  for (const Extra& child : extra.children) count += count_of(child);
  return count;
}

}  // namespace

void Draft::offer(Field field, std::uint8_t rank, std::string value) {
  Text& text = texts_[static_cast<std::size_t>(field)];
  if (value.empty() || rank <= text.rank) return;
  fit(value, octets_max(field));
  text.value = std::move(value);
  text.rank = rank;
}

void Draft::offer_picture(std::uint8_t rank, std::uint64_t width, std::string url) {
  Text& text = texts_[static_cast<std::size_t>(Field::image)];
  const bool better = rank > text.rank || (rank == text.rank && width > picture_width_);
  if (url.empty() || !better) return;
  text.rank = 0;
  offer(Field::image, rank, std::move(url));
  picture_width_ = width;
}

void Draft::offer_html(Field field, std::uint8_t rank, std::string html, const std::string& base) {
  if (html.empty() || !wants(field, rank)) return;
  offer(field, rank, std::move(html));
  (field == Field::body ? body_base_ : description_base_) = base;
}

void Draft::fit(std::string& text, std::size_t max) {
  if (text.size() <= max) return;
  truncated_ = true;
  text.resize(utf8_prefix(text, max).size());
}

void Draft::offer_date(Field field, std::uint8_t rank, std::string_view text) {
  Moment& moment = field == Field::published ? published_ : updated_;
  if (rank <= moment.rank) return;
  if (const auto ms = parse_date(text)) moment = {ms, rank};
}

template <class T>
void Draft::add(std::vector<T>& list, T value) {
  if (list.size() >= list_max) {
    truncated_ = true;
  } else {
    list.push_back(std::move(value));
  }
}

void Draft::add_author(std::uint8_t rank, Person person) {
  const bool says_nothing = person.name.empty() && person.email.empty() && person.url.empty();
  if (says_nothing || rank < author_rank_) return;
  if (rank > author_rank_) authors_.clear();
  author_rank_ = rank;
  fit(person.name, line_max);
  fit(person.email, line_max);
  if (std::ranges::find(authors_, person) == authors_.end()) add(authors_, std::move(person));
}

void Draft::add_contributor(Person person) {
  const bool says_nothing = person.name.empty() && person.email.empty() && person.url.empty();
  fit(person.name, line_max);
  fit(person.email, line_max);
  const bool known = std::ranges::find(contributors_, person) != contributors_.end();
  if (!says_nothing && !known) add(contributors_, std::move(person));
}

void Draft::offer_owner(std::uint8_t rank, Person person) {
  if (rank <= owner_rank_ || (person.name.empty() && person.email.empty())) return;
  fit(person.name, line_max);
  fit(person.email, line_max);
  owner_ = std::move(person);
  owner_rank_ = rank;
}

void Draft::add_tag(std::string tag) {
  if (tag.size() > line_max) {
    truncated_ = true;
    return;
  }
  if (!tag.empty() && std::ranges::find(tags_, tag) == tags_.end()) add(tags_, std::move(tag));
}

void Draft::add_attachment(Attachment attachment) {
  if (attachment.url.empty()) return;
  fit(attachment.mime_type, line_max);
  const auto known = std::ranges::find(attachments_, attachment.url, &Attachment::url);
  if (known == attachments_.end()) {
    add(attachments_, std::move(attachment));
    return;
  }
  if (known->mime_type.empty()) known->mime_type = std::move(attachment.mime_type);
  if (!known->size_octets) known->size_octets = attachment.size_octets;
  if (!known->duration_seconds) known->duration_seconds = attachment.duration_seconds;
}

void Draft::add_person(Person person) {
  if (person.name.empty()) return;
  for (std::string* line : {&person.name, &person.role, &person.group}) fit(*line, line_max);
  add(persons_, std::move(person));
}

void Draft::add_transcript(Document transcript) {
  if (transcript.url.empty()) return;
  for (std::string* line : {&transcript.mime_type, &transcript.language, &transcript.rel}) fit(*line, line_max);
  add(transcripts_, std::move(transcript));
}

void Draft::add_funding(Funding funding) {
  if (funding.url.empty()) return;
  fit(funding.text, line_max);
  add(funding_, std::move(funding));
}

void Draft::set_chapters(Document chapters) {
  fit(chapters.mime_type, line_max);
  if (chapters_.url.empty()) chapters_ = std::move(chapters);
}

void Draft::set_season_name(std::string name) {
  fit(name, line_max);
  if (season_name_.empty()) season_name_ = std::move(name);
}

void Draft::set_episode_display(std::string text) {
  fit(text, line_max);
  if (episode_display_.empty()) episode_display_ = std::move(text);
}

void Draft::add_extra(Extra extra) {
  extras_count_ += count_of(extra);
  if (extras_count_ > extras_max) {
    truncated_ = true;
  } else {
    extras_.push_back(std::move(extra));
  }
}

void Draft::set_live(Extra live) {
  live_ = std::move(live);
}

void Draft::add_chapter(Chapter chapter) {
  fit(chapter.title, line_max);
  if (chapter_list_.size() >= extras_max) {
    truncated_ = true;
  } else {
    chapter_list_.push_back(std::move(chapter));
  }
}

void Draft::set_source(Source source) {
  fit(source.title, line_max);
  if (source_.title.empty() && source_.url.empty()) source_ = std::move(source);
}

void Draft::add_hub(std::string url) {
  if (!url.empty() && std::ranges::find(hubs_, url) == hubs_.end()) add(hubs_, std::move(url));
}

void Draft::set_next(std::string url) {
  if (next_.empty()) next_ = std::move(url);
}

void Draft::set_self(std::string url) {
  if (self_.empty()) self_ = std::move(url);
}

std::string Draft::take(Field field) {
  Text& text = texts_[static_cast<std::size_t>(field)];
  text.rank = 0;
  return std::move(text.value);
}

std::optional<std::uint64_t> Draft::take_number(Field field) {
  return parse_whole(take(field));
}

std::optional<bool> Draft::take_truth(Field field) {
  const std::string word = to_lower(take(field));
  if (word == "yes" || word == "true" || word == "explicit") return true;
  if (word == "no" || word == "false" || word == "clean") return false;
  return std::nullopt;
}

/// Apple: "Yes", or it means nothing.
std::optional<bool> Draft::take_yes(Field field) {
  return to_lower(take(field)) == "yes" ? std::optional(true) : std::nullopt;
}

void Draft::take_html(Item& item) {
  const std::string description = take(Field::description);
  item.content_html = take(Field::body);
  const bool has_body = !item.content_html.empty();
  if (!has_body) item.content_html = description;
  item.content_base = std::move(has_body ? body_base_ : description_base_);
  complete_item(item, description);
}

/// Forgets everything but what was cut.
void Draft::reset() {
  const bool truncated = truncated_;
  *this = {};
  truncated_ = truncated;
}

Item Draft::take_item() {
  Item item;
  item.guid = take(Field::guid);
  item.url = take(Field::link);
  item.title = take(Field::title);
  item.image = take(Field::image);
  item.language = take(Field::language);
  item.published_ms = published_.ms ? published_.ms : updated_.ms;
  item.modified_ms = updated_.ms;
  item.authors = std::move(authors_);
  item.tags = std::move(tags_);
  item.attachments = std::move(attachments_);
  for (Attachment& each : item.attachments) {
    if (each.mime_type.empty()) each.mime_type = media_type_of("", each.url);
  }
  item.contributors = std::move(contributors_);
  item.comments_url = take(Field::comments);
  item.copyright = take(Field::copyright);
  item.source = std::move(source_);
  for (const Extra& extra : extras_) {  // where there is no other file to play
    const bool wanted = item.attachments.empty() && extra.name == "alternateEnclosure";
    Attachment alternate = wanted ? alternate_of(extra) : Attachment();
    if (!alternate.url.empty()) item.attachments.push_back(std::move(alternate));
  }
  const auto audio = std::ranges::find_if(
      item.attachments, [](const Attachment& each) { return is_playable(media_type_of(each.mime_type, each.url)); });
  const auto seconds = parse_duration(take(Field::duration)).value_or(0);  // where nothing is known, 0 is written
  if (seconds > 0 && audio != item.attachments.end()) audio->duration_seconds = seconds;
  item.season = take_number(Field::season);
  item.season_name = std::move(season_name_);
  item.episode = decimal(take(Field::episode));
  item.episode_type = one_of(take(Field::episode_type), {"full", "trailer", "bonus"});
  item.episode_display = std::move(episode_display_);
  item.subtitle = take(Field::subtitle);
  item.is_explicit = take_truth(Field::is_explicit);
  item.is_blocked = take_yes(Field::is_blocked);
  item.funding = std::move(funding_);
  item.chapter_list = std::move(chapter_list_);
  item.podcast = std::move(extras_);
  item.live = std::move(live_);
  item.chapters = std::move(chapters_);
  item.transcripts = std::move(transcripts_);
  item.persons = std::move(persons_);
  take_html(item);
  reset();
  return item;
}

Feed Draft::take_feed() {
  Feed feed;
  feed.title = take(Field::title);
  feed.home_page_url = take(Field::link);
  feed.feed_url = std::move(self_);
  feed.description = plain_text(take(Field::description), line_max);
  feed.language = take(Field::language);
  feed.icon = take(Field::image);
  feed.favicon = take(Field::icon);
  if (feed.icon.empty()) feed.icon = feed.favicon;
  feed.next_url = std::move(next_);
  feed.hubs = std::move(hubs_);
  feed.contributors = std::move(contributors_);
  feed.copyright = take(Field::copyright);
  feed.generator = take(Field::generator);
  feed.published_ms = published_.ms;
  feed.modified_ms = updated_.ms;
  feed.ttl_minutes = take_number(Field::ttl);
  const auto interval = minutes_between(take(Field::update_period), take_number(Field::update_frequency));
  if (!feed.ttl_minutes) feed.ttl_minutes = interval;
  feed.authors = std::move(authors_);
  feed.tags = std::move(tags_);
  feed.podcast_guid = take(Field::podcast_guid);
  feed.medium = take(Field::medium);
  feed.podcast_type = one_of(take(Field::podcast_type), {"episodic", "serial"});
  feed.is_explicit = take_truth(Field::is_explicit);
  feed.is_blocked = take_yes(Field::is_blocked);
  feed.is_complete = take_yes(Field::is_complete);
  feed.new_feed_url = take(Field::new_feed_url);
  feed.subtitle = take(Field::subtitle);
  feed.owner = std::move(owner_);
  feed.podcast = std::move(extras_);
  feed.persons = std::move(persons_);
  feed.funding = std::move(funding_);
  reset();
  return feed;
}

std::optional<std::uint64_t> parse_whole(std::string_view text) {
  text = trim(text);
  if (text.empty() || text.size() > 16) return std::nullopt;
  std::uint64_t value = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return value <= whole_max ? std::optional(value) : std::nullopt;
}

std::optional<std::uint64_t> parse_quantity(std::string_view text) {
  std::string digits(trim(text));
  std::erase(digits, ',');
  const auto value = parse_whole(digits);
  return value && *value > 0 ? value : std::nullopt;
}

void complete_item(Item& item, std::string_view description_html) {
  if (item.summary.empty()) {
    item.summary = plain_text(description_html.empty() ? item.content_html : description_html, summary_chars_max);
  }
  item.identity = identity_of(item);
}

}  // namespace skypod::feed
