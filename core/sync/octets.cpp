#include "core/sync/octets.hpp"

#include <algorithm>

namespace skypod::sync {
namespace {

std::uint32_t context_of(Column column, std::uint8_t context) {
  return (static_cast<std::uint32_t>(column) << 8) | context;
}

/// The groups of a number are told apart by where they stand, up to the eighth.
std::uint8_t group_context(unsigned salt, unsigned group) {
  return static_cast<std::uint8_t>(((salt & 15) << 3) | std::min(group, 7U));
}

constexpr unsigned groups_max = 10;  // 64 bits in groups of 7

}  // namespace

void OctetWriter::octet(Column column, std::uint8_t context, std::uint8_t value) {
  ++plain_size_;
  if (coder_) {
    coder_->put(context_of(column, context), value);
  } else if (keeps_) {
    plain_ += static_cast<char>(value);
  }
}

void OctetWriter::raw(BytesView octets) {
  plain_size_ += octets.size();
  if (keeps_) plain_.append(octets);
  if (!coder_) return;
  for (const char octet : octets) coder_->put_raw(static_cast<std::uint8_t>(octet));
}

void OctetWriter::number(Column column, std::uint64_t value, unsigned salt) {
  unsigned group = 0;
  for (; value >= 128; value >>= 7, ++group) {
    octet(column, group_context(salt, group), static_cast<std::uint8_t>(value | 128));
  }
  octet(column, group_context(salt, group), static_cast<std::uint8_t>(value));
}

void OctetWriter::text(Column column, BytesView text) {
  number(Column::length, text.size(), static_cast<unsigned>(column));
  if (!coder_) return raw(text);
  std::uint8_t before = 0;
  for (const char letter : text) {
    octet(column, before, static_cast<std::uint8_t>(letter));
    before = static_cast<std::uint8_t>(letter);
  }
}

Bytes OctetWriter::finish() {
  return coder_ ? coder_->finish() : std::move(plain_);
}

OctetReader::OctetReader(BytesView octets, bool coded, std::size_t budget) : rest_(octets), budget_(budget) {
  if (coded) coder_.emplace(octets);
}

/// Whether one more octet may be read.
bool OctetReader::spend() {
  ok_ = ok_ && budget_ > 0 && (coder_ || !rest_.empty());
  budget_ -= ok_ ? 1 : 0;
  return ok_;
}

std::uint8_t OctetReader::octet(Column column, std::uint8_t context) {
  if (!spend()) {
    return 0;
  }
  if (coder_) {
    return coder_->get(context_of(column, context));
  }
  const auto value = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return value;
}

Bytes OctetReader::raw(std::size_t count) {
  Bytes out;
  append_raw(out, count);
  return out;
}

void OctetReader::append_raw(Bytes& out, std::size_t count) {
  const std::size_t start = out.size();
  out.resize(start + count);
  for (std::size_t i = start; i < out.size() && spend(); ++i) {
    if (coder_) {
      out[i] = static_cast<char>(coder_->get_raw());
    } else {
      out[i] = rest_.front();
      rest_.remove_prefix(1);
    }
  }
}

std::uint64_t OctetReader::number(Column column, unsigned salt) {
  std::uint64_t value = 0;
  for (unsigned group = 0; group < groups_max; ++group) {
    const std::uint8_t read = octet(column, group_context(salt, group));
    value |= std::uint64_t{read & 127U} << (7 * group);
    if (read < 128) return value;
  }
  fail();
  return 0;
}

Bytes OctetReader::text(Column column, std::size_t most) {
  Bytes out;
  append_text(out, column, most);
  return out;
}

void OctetReader::append_text(Bytes& out, Column column, std::size_t most) {
  const std::uint64_t size = number(Column::length, static_cast<unsigned>(column));
  if (size > most) return fail();
  const std::size_t start = out.size();
  out.resize(start + size);
  std::uint8_t before = 0;
  for (std::size_t i = start; i < out.size() && ok_; ++i) {
    before = octet(column, before);
    out[i] = static_cast<char>(before);
  }
}

}  // namespace skypod::sync
