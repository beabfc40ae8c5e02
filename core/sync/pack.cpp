#include "core/sync/pack.hpp"

#include <algorithm>
#include <bit>
#include <map>

#include "core/sync/octets.hpp"
#include "core/sync/shape.hpp"

namespace skypod::sync {
namespace {

constexpr std::size_t coded_from = 4;  // changes
constexpr std::uint8_t plain_mark = 0;
constexpr std::uint8_t coded_mark = 1;

enum class Tag : std::uint8_t { none, whole, negative, real, text };

/// What both sides know from the start, and have learnt from the changes before.
struct Memory {
  std::vector<Address> scopes;  // without name and field
  std::vector<std::string> fields{"at"};
  std::string head;  // of the last name
};

class Unpacker {
 public:
  Unpacker(BytesView octets, bool coded) : in_(octets, coded, unpack_octets_max) {}

  std::optional<std::vector<Section>> all() {
    const std::uint64_t count = in_.number(Column::count);
    std::vector<Section> sections;
    if (count > sections_max) return std::nullopt;
    for (std::uint64_t i = 0; i < count && in_.ok(); ++i) sections.push_back(section());
    return in_.ok() && texts_ <= unpack_texts_max ? std::optional(std::move(sections)) : std::nullopt;
  }

 private:
  Section section() {
    Section section;
    section.author = Author::from_octets(in_.raw(Author::octets_size)).value_or(Author{});
    section.since = Stamp{in_.number(Column::stamp, 1)};
    const std::uint64_t reach = in_.number(Column::stamp, 2);
    section.upto = Stamp{reach == 0 ? 0 : section.since.value + reach - 1};
    const std::uint64_t count = in_.number(Column::count, 1);
    changes_ += count;
    const bool backwards = reach != 0 && section.upto < section.since;
    if (count > changes_max || changes_ > changes_max || backwards) in_.fail();
    Stamp last = section.since;
    for (std::uint64_t i = 0; i < count && in_.ok(); ++i) {
      Change change{.author = section.author, .stamp = stamp(last), .at = address(), .value = value(field_)};
      // Of a dishonest author's two changes with one stamp, both must get through: what is refused here never heals.
      const bool above =
          change.stamp >= last && change.stamp > section.since && (reach == 0 || change.stamp <= section.upto);
      texts_ += change.at.scope.size() + change.at.name.size();
      if (!above || texts_ > unpack_texts_max || !fault_of(change.at, change.value).empty()) in_.fail();
      last = change.stamp;
      section.changes.push_back(std::move(change));
    }
    return section;
  }

  Stamp stamp(Stamp last) {
    const std::uint64_t ms = in_.number(Column::stamp);
    const std::uint64_t counter = in_.number(Column::counter, ms == 0 ? 1 : 0);
    if (ms >= std::uint64_t{1} << 48 || counter > 0xffff) in_.fail();
    const std::uint64_t base = ms == 0 ? last.value : ((last.value >> 16) + ms) << 16;
    return Stamp{base + counter};
  }

  Address address() {
    const std::uint64_t distance = in_.number(Column::scope);
    if (distance > memory_.scopes.size()) in_.fail();
    if (distance == 0) {
      std::string scope = memory_.scopes.empty() ? "" : memory_.scopes.back().scope;
      std::string collection = in_.text(Column::text, collection_max);
      front(Column::text, scope, scope_max);
      memory_.scopes.push_back({std::move(collection), std::move(scope), "", ""});
    }
    if (!in_.ok()) return {};
    const std::size_t scope = memory_.scopes.size() - (distance == 0 ? 1 : distance);
    field_ = in_.number(Column::field, static_cast<unsigned>(scope));
    if (field_ > memory_.fields.size()) in_.fail();
    if (field_ == memory_.fields.size()) memory_.fields.push_back(in_.text(Column::text, field_max));
    if (!in_.ok()) return {};
    Address at = memory_.scopes[scope];
    at.field = memory_.fields[field_];
    at.name = name();
    return at;
  }

  std::string name() {
    const std::uint8_t kind = in_.octet(Column::shape, 0);
    if (kind > static_cast<std::uint8_t>(Shape::Kind::hex)) in_.fail();
    const auto shape = static_cast<Shape::Kind>(kind);
    front(Column::head, memory_.head, name_max);
    std::uint64_t size = shape == Shape::Kind::uuid ? uuid_octets : 0;
    if (shape == Shape::Kind::hex) size = in_.number(Column::length, 15);
    if (size > name_max / 2) in_.fail();
    if (!in_.ok()) return {};
    octets_.clear();
    in_.append_raw(octets_, size);
    std::string name;
    name.reserve(memory_.head.size() + uuid_letters);
    name += memory_.head;
    append_digits(name, shape, octets_);
    if (shape != Shape::Kind::plain) in_.append_text(name, Column::text, name_max);
    return name;
  }

  /// Makes the text before into the next one: so much of it stays, and more follows.
  void front(Column column, std::string& text, std::size_t most) {
    const std::uint64_t common = in_.number(Column::length, 14);
    if (common > text.size()) return in_.fail();
    text.resize(common);
    in_.append_text(text, column, most);
  }

  Json value(std::size_t field) {
    switch (static_cast<Tag>(in_.octet(Column::tag, static_cast<std::uint8_t>(field & 255)))) {
      case Tag::none:
        return nullptr;
      case Tag::whole:
        return in_.number(Column::number, static_cast<unsigned>(field));
      case Tag::negative:
        return ~static_cast<std::int64_t>(in_.number(Column::number, static_cast<unsigned>(field)) & INT64_MAX);
      case Tag::real:
        return canonical(std::bit_cast<double>(Stamp::from_octets(in_.raw(8)).value_or(Stamp{}).value));
      case Tag::text:
        return in_.text(Column::value, value_max);
    }
    in_.fail();
    return nullptr;
  }

  OctetReader in_;
  Memory memory_;
  Bytes octets_;  // of the name being read
  std::size_t field_ = 0;
  std::uint64_t changes_ = 0;
  std::size_t texts_ = 0;
};

}  // namespace

/// Writes changes; what a Meter measures with.
class Packer {
 public:
  explicit Packer(Coding coding) : out_(coding) {}

  void section(const Section& section) {
    out_.raw(section.author.octets());
    out_.number(Column::stamp, section.since.value, 1);
    out_.number(Column::stamp, section.upto.value == 0 ? 0 : section.upto.value - section.since.value + 1, 2);
    out_.number(Column::count, section.changes.size(), 1);
    Stamp last = section.since;
    for (const Change& written : section.changes) {
      change(last, written);
      last = written.stamp;
    }
  }
  void change(Stamp last, const Change& change) {
    stamp(last, change.stamp);
    address(change.at);
    value(change.value, field_);
  }
  std::size_t plain_size() const { return out_.plain_size(); }
  void count(std::size_t sections) { out_.number(Column::count, sections); }
  Bytes finish() { return out_.finish(); }

 private:
  void stamp(Stamp last, Stamp next) {
    const auto ms = static_cast<std::uint64_t>(next.ms() - last.ms());
    const std::uint64_t counter = next.value & 0xffff;
    out_.number(Column::stamp, ms);
    out_.number(Column::counter, ms == 0 ? counter - (last.value & 0xffff) : counter, ms == 0 ? 1 : 0);
  }

  /// Of the scope; the next one for a new one. Most changes are of the same as the one before.
  std::size_t number_of(const Address& at) const {
    const bool same = scope_ < memory_.scopes.size() && memory_.scopes[scope_].scope == at.scope &&
                      memory_.scopes[scope_].collection == at.collection;
    if (same) return scope_;
    const auto known = scope_numbers_.find({at.collection, at.scope});
    return known == scope_numbers_.end() ? memory_.scopes.size() : known->second;
  }

  void address(const Address& at) {
    const std::size_t scope = number_of(at);
    // As a distance from the newest: neighbours tend to be of one feed.
    out_.number(Column::scope, memory_.scopes.size() - scope);
    if (scope == memory_.scopes.size()) {
      out_.text(Column::text, at.collection);
      front(Column::text, at.scope, memory_.scopes.empty() ? "" : memory_.scopes.back().scope);
      scope_numbers_[{at.collection, at.scope}] = scope;
      memory_.scopes.push_back({at.collection, at.scope, "", ""});
    }
    scope_ = scope;
    field_ = static_cast<std::size_t>(std::ranges::find(memory_.fields, at.field) - memory_.fields.begin());
    out_.number(Column::field, field_, static_cast<unsigned>(scope));
    if (field_ == memory_.fields.size()) {
      out_.text(Column::text, at.field);
      memory_.fields.push_back(at.field);
    }
    const Shape shape = shape_of(at.name);
    out_.octet(Column::shape, 0, static_cast<std::uint8_t>(shape.kind));
    front(Column::head, shape.head, memory_.head);
    memory_.head = shape.head;
    octets_.clear();
    append_octets(octets_, shape.digits);
    if (shape.kind == Shape::Kind::hex) out_.number(Column::length, octets_.size(), 15);
    out_.raw(octets_);
    if (shape.kind != Shape::Kind::plain) out_.text(Column::text, shape.tail);
  }

  void front(Column column, std::string_view text, std::string_view before) {
    const auto common = std::ranges::mismatch(text, before).in1 - text.begin();
    out_.number(Column::length, static_cast<std::uint64_t>(common), 14);
    out_.text(column, text.substr(static_cast<std::size_t>(common)));
  }

  void value(const Json& value, std::size_t field) {
    const auto salt = static_cast<unsigned>(field);
    const auto tag = [&](Tag tag) {
      out_.octet(Column::tag, static_cast<std::uint8_t>(field & 255), static_cast<std::uint8_t>(tag));
    };
    if (const auto* text = value.get_ptr<const std::string*>()) {
      tag(Tag::text);
      out_.text(Column::value, *text);
    } else if (value.is_number_float()) {
      tag(Tag::real);
      out_.raw(Stamp{std::bit_cast<std::uint64_t>(value.get<double>())}.octets());
    } else if (value.is_number()) {
      const auto number = value.get<std::int64_t>();
      tag(number < 0 ? Tag::negative : Tag::whole);
      out_.number(Column::number, static_cast<std::uint64_t>(number < 0 ? ~number : number), salt);
    } else {
      tag(Tag::none);
    }
  }

  OctetWriter out_;
  Memory memory_;
  Bytes octets_;  // of the name being written
  std::map<std::pair<std::string, std::string>, std::size_t> scope_numbers_;
  std::size_t scope_ = 0;  // of the change written last
  std::size_t field_ = 0;
};

Meter::Meter() : packer_(std::make_unique<Packer>(Coding::counted)) {}
Meter::Meter(Meter&&) noexcept = default;
Meter::~Meter() = default;

bool Meter::take(const Change& change) {
  if (taken_ >= changes_max || packer_->plain_size() > pack_octets_max) {
    return false;
  }
  packer_->change({}, change);
  ++taken_;
  return true;
}

std::size_t Meter::room() const {
  const std::size_t octets = packer_->plain_size();
  if (taken_ == 0 || octets >= pack_octets_max) return 0;
  const std::size_t more = (pack_octets_max - octets) * taken_ / octets;
  return std::min(more, changes_max - taken_);
}

namespace {

Bytes pack_with(const std::vector<Section>& sections, bool coded) {
  Packer packer(coded ? Coding::coded : Coding::plain);
  packer.count(sections.size());
  for (const Section& section : sections) packer.section(section);
  return static_cast<char>(coded ? coded_mark : plain_mark) + packer.finish();
}

}  // namespace

Bytes pack(const std::vector<Section>& sections) {
  std::size_t changes = 0;
  for (const Section& section : sections) changes += section.changes.size();
  return pack_with(sections, changes >= coded_from);
}

std::optional<std::vector<Section>> unpack(BytesView octets) {
  if (octets.empty() || static_cast<std::uint8_t>(octets[0]) > coded_mark) {
    return std::nullopt;
  }
  return Unpacker(octets.substr(1), octets[0] == coded_mark).all();
}

}  // namespace skypod::sync
