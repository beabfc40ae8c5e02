#include "core/sync/ranges.hpp"

#include <algorithm>
#include <bit>

#include "core/sync/octets.hpp"

namespace skypod::sync {
namespace {

enum class Mode : std::uint8_t {
  same,  // nothing to say about this range
  sum,   // the sender's summary of it
  list,  // every item that the sender has in it
  want,  // items that the sender knows of and lacks
};

constexpr std::uint8_t bound_full = 64;  // below: how many zeros end a stamp that stands without an author
constexpr std::uint8_t bound_last = 65;

/// An item as it is named in a list: its place and the low half of its hash.
struct Name {
  Bound at;
  std::uint32_t half = 0;
  friend auto operator<=>(const Name&, const Name&) = default;
};

Name name_of(const Item& item) {
  return {{item.stamp, item.author}, static_cast<std::uint32_t>(item.hash)};
}

/// The shortest bound after `before` and not after `item`: between two items it need not be exact.
Bound bound_between(const Item& before, const Item& item) {
  if (before.stamp == item.stamp) {
    return {item.stamp, item.author};
  }
  const int zeros = std::bit_width(before.stamp.value ^ item.stamp.value) - 1;
  return {{item.stamp.value >> zeros << zeros}, {}};
}

class RangesWriter {
 public:
  void sum(const Bound& upper, const Summary& summary) {
    head(upper, Mode::sum);
    out_.raw(Stamp{summary.sum}.octets());
    out_.number(Column::count, summary.count);
  }
  void names(const Bound& upper, Mode mode, const std::vector<Name>& names) {
    head(upper, mode);
    out_.number(Column::count, names.size());
    Stamp last;
    for (const Name& name : names) {
      out_.number(Column::stamp, name.at.stamp.value - last.value);
      last = name.at.stamp;
      author(name.at.author);
      for (int shift = 0; shift < 32; shift += 8) {
        out_.octet(Column::value, 0, static_cast<std::uint8_t>(name.half >> shift));
      }
    }
    names_ += names.size();
  }
  /// Leaves a range out; written only if another one follows.
  void same(const Bound& upper) { skipped_ = upper; }

  bool full() const { return out_.plain_size() > ranges_octets_max || names_ > names_max || ranges_ > ranges_max / 2; }
  Bytes finish() { return said_ ? out_.finish() : Bytes{}; }

 private:
  void head(const Bound& upper, Mode mode) {
    if (skipped_) {
      bound(*skipped_);
      out_.octet(Column::mode, 0, static_cast<std::uint8_t>(Mode::same));
      skipped_.reset();
    }
    bound(upper);
    out_.octet(Column::mode, 0, static_cast<std::uint8_t>(mode));
    said_ = true;
    ++ranges_;
  }
  void bound(const Bound& bound) {
    if (bound == bound_end) {
      out_.octet(Column::bound, 0, bound_last);
    } else if (bound.author.value == 0 && bound.stamp.value != 0) {
      const int zeros = std::countr_zero(bound.stamp.value);
      out_.octet(Column::bound, 0, static_cast<std::uint8_t>(zeros));
      out_.number(Column::stamp, bound.stamp.value >> zeros);
    } else {
      out_.octet(Column::bound, 0, bound_full);
      out_.number(Column::stamp, bound.stamp.value);
      out_.raw(bound.author.octets());
    }
  }
  void author(Author author) {
    const auto known = std::ranges::find(authors_, author);
    out_.number(Column::author, static_cast<std::uint64_t>(known - authors_.begin()));
    if (known == authors_.end()) {
      authors_.push_back(author);
      out_.raw(author.octets());
    }
  }

  OctetWriter out_{Coding::plain};
  std::vector<Author> authors_;
  std::optional<Bound> skipped_;
  std::size_t names_ = 0;
  std::size_t ranges_ = 0;
  bool said_ = false;
};

/// Says a range in parts of about equal size, or item by item if it is small.
void say_split(const Index& index, std::size_t from, std::size_t to, const Bound& upper, RangesWriter& out) {
  const auto place = [&](std::size_t rank) { return name_of(index.at(rank)).at; };
  if (to - from <= leaf_max || place(from) == place(to - 1)) {
    std::vector<Name> names;
    for (const Item& item : index.items(from, std::min(to, from + names_max))) names.push_back(name_of(item));
    std::ranges::sort(names);
    out.names(upper, Mode::list, names);
    return;
  }
  std::size_t start = from;
  for (std::size_t part = 1; part <= split; ++part) {
    const std::size_t end = from + (to - from) * part / split;
    const bool last = part == split;
    if (end == start) continue;
    const Bound bound = last ? upper : bound_between(index.at(end - 1), index.at(end));
    const std::size_t exact = last ? to : index.rank(bound);  // items of one place stay together
    if (exact > start || last) out.sum(bound, index.summary(start, exact));
    start = std::max(start, exact);
  }
}

/// Handles the ranges of a message one after another.
class Answerer {
 public:
  Answerer(const Index& index, BytesView message) : index_(index), in_(message, false, message.size()) {}

  std::optional<RangesOutcome> all() {
    for (std::size_t ranges = 0; !in_.at_end() && in_.ok(); ++ranges) {
      const Bound upper = bound();
      if (ranges >= ranges_max || upper < lower_) in_.fail();
      const std::size_t to = in_.ok() ? index_.rank(upper) : from_;
      range(static_cast<Mode>(in_.octet(Column::mode, 0)), std::max(from_, to), upper);
      from_ = std::max(from_, to);
      lower_ = upper;
    }
    if (!in_.ok()) return std::nullopt;
    return RangesOutcome{out_.finish(), std::move(lacks_)};
  }

 private:
  void range(Mode mode, std::size_t to, const Bound& upper) {
    switch (mode) {
      case Mode::same:
        return out_.same(upper);
      case Mode::sum:
        return on_sum(to, upper);
      case Mode::list:
        return on_list(to, upper);
      case Mode::want:
        on_want();
        return out_.same(upper);
    }
    in_.fail();
  }

  void on_sum(std::size_t to, const Bound& upper) {
    Summary theirs;
    theirs.sum = Stamp::from_octets(in_.raw(8)).value_or(Stamp{}).value;
    theirs.count = in_.number(Column::count);
    const Summary ours = index_.summary(from_, to);
    if (!in_.ok() || theirs == ours) return out_.same(upper);
    if (theirs.count == 0) {
      lack(index_.items(from_, to));
      return out_.same(upper);
    }
    const auto missing = theirs.count + 1 == ours.count ? find_hash(to, ours.sum - theirs.sum) : std::nullopt;
    if (missing) {
      lack({*missing});
      return out_.same(upper);
    }
    // If they have one item more than we, our sum tells them which one it is.
    if (out_.full() || theirs.count == ours.count + 1) return out_.sum(upper, ours);
    say_split(index_, from_, to, upper, out_);
  }

  void on_list(std::size_t to, const Bound& upper) {
    const std::vector<Name> theirs = names();
    std::vector<Name> ours;
    for (const Item& item : index_.items(from_, to)) {
      ours.push_back(name_of(item));
      if (!std::ranges::binary_search(theirs, ours.back())) lack({item});
    }
    std::ranges::sort(ours);
    std::vector<Name> wanted;
    std::ranges::set_difference(theirs, ours, std::back_inserter(wanted));
    if (wanted.empty()) return out_.same(upper);
    out_.names(upper, Mode::want, wanted);
  }

  void on_want() {
    for (const Name& name : names()) {
      const Bound beyond{name.at.stamp, {name.at.author.value + 1}};
      for (const Item& item : index_.items(index_.rank(name.at), index_.rank(beyond))) {
        if (name_of(item) == name) lack({item});
      }
    }
  }

  std::vector<Name> names() {
    const std::uint64_t count = in_.number(Column::count);
    named_ += count;
    if (count > names_max || named_ > 2 * names_max) in_.fail();
    std::vector<Name> out;
    Stamp last;
    for (std::uint64_t i = 0; i < count && in_.ok(); ++i) {
      Name name;
      last.value += in_.number(Column::stamp);
      name.at = {last, author()};
      for (int shift = 0; shift < 32; shift += 8) name.half |= std::uint32_t{in_.octet(Column::value, 0)} << shift;
      out.push_back(name);
    }
    std::ranges::sort(out);
    return out;
  }

  Author author() {
    const std::uint64_t number = in_.number(Column::author);
    if (number > authors_.size()) in_.fail();
    if (number == authors_.size()) {
      authors_.push_back(Author::from_octets(in_.raw(Author::octets_size)).value_or(Author{}));
    }
    return in_.ok() ? authors_[number] : Author{};
  }

  Bound bound() {
    const std::uint8_t kind = in_.octet(Column::bound, 0);
    if (kind == bound_last) return bound_end;
    if (kind > bound_full) in_.fail();
    const std::uint64_t number = in_.number(Column::stamp);
    if (kind < bound_full) return {{number << kind}, {}};
    return {{number}, Author::from_octets(in_.raw(Author::octets_size)).value_or(Author{})};
  }

  std::optional<Item> find_hash(std::size_t to, std::uint64_t hash) const {
    for (const Item& item : index_.items(from_, to)) {
      if (item.hash == hash) return item;
    }
    return std::nullopt;
  }

  void lack(const std::vector<Item>& items) { lacks_.insert(lacks_.end(), items.begin(), items.end()); }

  const Index& index_;
  OctetReader in_;
  RangesWriter out_;
  std::vector<Author> authors_;
  std::vector<Item> lacks_;
  std::uint64_t named_ = 0;
  std::size_t from_ = 0;  // rank of the lower bound of the range that is read
  Bound lower_;
};

}  // namespace

Bytes open_ranges(const Index& index) {
  RangesWriter out;
  say_split(index, 0, index.size(), bound_end, out);
  return out.finish();
}

std::optional<RangesOutcome> answer_ranges(const Index& index, BytesView message) {
  return Answerer(index, message).all();
}

}  // namespace skypod::sync
