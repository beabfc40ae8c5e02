// A feed or an item while it is being read. Several elements may speak of the same thing; the draft keeps what the
// highest-ranking one said, within the limits of feed.hpp, and turns into an Item or a Feed at the end.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/feed/feed.hpp"
#include "core/feed/vocabulary.hpp"

namespace skypod::feed {

/// Collects. Ranks are those of vocabulary.hpp, 1 to 9; of equal ranks the first stays.
class Draft {
 public:
  /// Fills a text field. Empty values say nothing.
  void offer(Field field, std::uint8_t rank, std::string value);

  /// Fills `image`; of several with the same rank, the widest counts, else the first.
  void offer_picture(std::uint8_t rank, std::uint64_t width, std::string url);

  /// False if a text field has something of that rank or a higher one.
  bool wants(Field field, std::uint8_t rank) const { return rank > texts_[static_cast<std::size_t>(field)].rank; }

  /// Fills `description` or `body`; `base` is what relative addresses in it start from, or empty.
  void offer_html(Field field, std::uint8_t rank, std::string html, const std::string& base);

  /// Fills `published` or `updated`, if the text is a date.
  void offer_date(Field field, std::uint8_t rank, std::string_view text);

  /// Adds an author; authors from a lower rank give way.
  void add_author(std::uint8_t rank, Person person);

  /// Adds a contributor; the same person is not added twice.
  void add_contributor(Person person);

  /// Fills itunes:owner and its relatives.
  void offer_owner(std::uint8_t rank, Person person);

  /// Adds a tag, unless it is there already.
  void add_tag(std::string tag);

  /// Adds a file; a second one with the same address only fills what the first left open.
  void add_attachment(Attachment attachment);

  /// podcast:person, podcast:transcript, podcast:funding, podcast:chapters. Without an address (a person: a name) they
  /// say nothing.
  void add_person(Person person);
  void add_transcript(Document transcript);
  void add_funding(Funding funding);
  void set_chapters(Document chapters);
  void set_season_name(std::string name);
  void set_episode_display(std::string text);

  /// podcast elements without a member of their own, and what a podcast:liveItem says of itself.
  void add_extra(Extra extra);
  void set_live(Extra live);

  void add_chapter(Chapter chapter);
  bool has_chapters() const { return !chapter_list_.empty(); }
  void set_source(Source source);
  void add_hub(std::string url);
  void set_next(std::string url);

  /// The address the feed gives for itself; the first stays.
  void set_self(std::string url);

  /// The item, with summary and identity. Empties the draft but for `truncated`.
  Item take_item();

  /// The feed, without items. Empties the draft but for `truncated`.
  Feed take_feed();

  /// Whether an item has a title, and a guid or an address.
  bool is_known() const { return !wants(Field::title, 1) && !(wants(Field::guid, 1) && wants(Field::link, 1)); }

  /// Says that something is missing that the document had, or was to have.
  void mark_truncated() { truncated_ = true; }

  /// Whether a limit cut something.
  bool truncated() const { return truncated_; }

 private:
  struct Text {
    std::string value;
    std::uint8_t rank = 0;
  };

  struct Moment {
    std::optional<std::int64_t> ms;
    std::uint8_t rank = 0;
  };

  void fit(std::string& text, std::size_t max);
  template <class T>
  void add(std::vector<T>& list, T value);
  std::string take(Field field);
  std::optional<std::uint64_t> take_number(Field field);
  std::optional<bool> take_truth(Field field);
  std::optional<bool> take_yes(Field field);
  void take_html(Item& item);
  void reset();

  std::array<Text, text_fields> texts_;
  std::string description_base_;  // what relative addresses in those two start from
  std::string body_base_;
  std::uint64_t picture_width_ = 0;  // of the image, where it was told
  Moment published_;
  Moment updated_;
  std::vector<Person> authors_;
  std::uint8_t author_rank_ = 0;
  std::vector<std::string> tags_;
  std::vector<Attachment> attachments_;
  std::vector<Person> persons_;
  std::vector<Document> transcripts_;
  std::vector<Funding> funding_;
  Document chapters_;
  std::string season_name_;
  std::string episode_display_;
  std::string self_;
  std::string next_;
  std::vector<std::string> hubs_;
  std::vector<Person> contributors_;
  Person owner_;
  std::uint8_t owner_rank_ = 0;
  Source source_;
  std::vector<Chapter> chapter_list_;
  std::vector<Extra> extras_;
  std::size_t extras_count_ = 0;
  Extra live_;
  bool truncated_ = false;
};

/// The text of a whole number below 2^53, else nothing. Surrounding space is allowed, signs are not.
std::optional<std::uint64_t> parse_whole(std::string_view text);

/// A size or duration: as parse_whole(), but commas may part its digits ("1,234"), and 0 is not known.
std::optional<std::uint64_t> parse_quantity(std::string_view text);

/// Plain-text summary and identity, which every item has, from what else is in it. `description_html` may be empty.
void complete_item(Item& item, std::string_view description_html);

}  // namespace skypod::feed
