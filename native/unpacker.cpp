#include "native/unpacker.hpp"

#include <brotli/decode.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "core/feed/html_text.hpp"

namespace skypod {
namespace {

constexpr std::size_t out_octets = 16 * 1024;
constexpr int gzip_or_zlib = 32 + MAX_WBITS;
constexpr int bare = -MAX_WBITS;  // what some servers call deflate

/// gzip (RFC 1952), also several of them one after the other, and deflate (RFC 1950, or else RFC 1951).
class Inflate final : public Unpacker::Stage {
 public:
  explicit Inflate(bool may_be_bare) : may_be_bare_(may_be_bare) {
    is_ready_ = inflateInit2(&stream_, gzip_or_zlib) == Z_OK;
  }
  ~Inflate() override { inflateEnd(&stream_); }
  Inflate(const Inflate&) = delete;
  Inflate& operator=(const Inflate&) = delete;

  bool take(std::string_view piece, const Unpacker::Take& take) override {
    if (!is_ready_) return false;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream_.avail_in = static_cast<uInt>(piece.size());
    while (stream_.avail_in > 0 || is_more_) {
      if (is_whole_ && !begin_another()) return true;  // what follows the end is nothing (RFC 1952 section 2.2)
      std::array<char, out_octets> out;
      stream_.next_out = reinterpret_cast<Bytef*>(out.data());
      stream_.avail_out = out_octets;
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_DATA_ERROR && stream_.total_out == 0 && may_be_bare_) {
        if (!begin_bare(piece)) return false;
        continue;
      }
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return false;
      is_whole_ = result == Z_STREAM_END;
      is_more_ = stream_.avail_out == 0 && !is_whole_;
      const std::size_t size = out_octets - stream_.avail_out;
      if (size > 0 && !take({out.data(), size})) return false;
      if (result == Z_BUF_ERROR && size == 0) break;
    }
    return true;
  }

  bool is_whole() const override { return is_whole_; }

 private:
  bool begin_another() {
    const bool is_gzip = stream_.avail_in > 1 && stream_.next_in[0] == 0x1f && stream_.next_in[1] == 0x8b;
    if (!is_gzip) return false;
    is_whole_ = false;
    return inflateReset(&stream_) == Z_OK;
  }

  /// From the beginning; the header that was refused must have come in this piece.
  bool begin_bare(std::string_view piece) {
    may_be_bare_ = false;
    if (stream_.total_in > piece.size()) return false;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream_.avail_in = static_cast<uInt>(piece.size());
    return inflateReset2(&stream_, bare) == Z_OK;
  }

  z_stream stream_{};
  bool is_ready_ = false;
  bool is_whole_ = false;
  bool is_more_ = false;  // octets that are unpacked and did not fit
  bool may_be_bare_;
};

/// Brotli (RFC 7932).
class Unbrotli final : public Unpacker::Stage {
 public:
  bool take(std::string_view piece, const Unpacker::Take& take) override {
    const auto* in = reinterpret_cast<const std::uint8_t*>(piece.data());
    std::size_t left = piece.size();
    if (is_whole()) return true;
    for (;;) {
      std::array<char, out_octets> out;
      auto* to = reinterpret_cast<std::uint8_t*>(out.data());
      std::size_t room = out_octets;
      const auto result = BrotliDecoderDecompressStream(state_.get(), &left, &in, &room, &to, nullptr);
      if (result == BROTLI_DECODER_RESULT_ERROR) return false;
      if (room < out_octets && !take({out.data(), out_octets - room})) return false;
      if (result != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) return true;
    }
  }

  bool is_whole() const override { return BrotliDecoderIsFinished(state_.get()) == BROTLI_TRUE; }

 private:
  std::unique_ptr<BrotliDecoderState, decltype(&BrotliDecoderDestroyInstance)> state_{
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), BrotliDecoderDestroyInstance};
};

/// Null for none that is known.
std::unique_ptr<Unpacker::Stage> stage_for(std::string_view coding) {
  if (coding == "gzip" || coding == "x-gzip") return std::make_unique<Inflate>(false);
  if (coding == "deflate") return std::make_unique<Inflate>(true);
  if (coding == "br") return std::make_unique<Unbrotli>();
  return nullptr;
}

/// Names that servers send although nothing is packed.
bool is_none(std::string_view coding) {
  constexpr std::array<std::string_view, 5> names{"", "identity", "none", "utf-8", "binary"};
  return std::ranges::find(names, coding) != names.end();
}

}  // namespace

Unpacker::Unpacker(std::string_view content_encoding) {
  while (!content_encoding.empty()) {
    const std::size_t comma = std::min(content_encoding.find(','), content_encoding.size());
    const std::string coding = feed::to_lower(feed::trim(content_encoding.substr(0, comma)));
    content_encoding.remove_prefix(std::min(comma + 1, content_encoding.size()));
    if (is_none(coding)) continue;
    auto stage = stage_for(coding);
    is_known_ = is_known_ && stage != nullptr && stages_.size() < stages_max;
    if (is_known_) stages_.insert(stages_.begin(), std::move(stage));
  }
}

bool Unpacker::take(std::string_view piece, const Take& take) {
  return is_known_ && pass(0, piece, take);
}

bool Unpacker::pass(std::size_t stage, std::string_view piece, const Take& take) {
  if (stage == stages_.size()) return take(piece);
  return stages_[stage]->take(piece, [&](std::string_view unpacked) { return pass(stage + 1, unpacked, take); });
}

bool Unpacker::is_whole() const {
  return std::ranges::all_of(stages_, [](const auto& stage) { return stage->is_whole(); });
}

}  // namespace skypod
