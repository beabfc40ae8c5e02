#include "native/gzip.hpp"

#include <zlib.h>

namespace skypod {
namespace {

constexpr int window_bits = 15 + 16;  // with gzip's header
constexpr int memory_level = 9;
constexpr int level = 6;  // beyond it, JSON gets hardly smaller

/// "" if they do not become fewer.
std::string packed(std::string_view octets) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, window_bits, memory_level, Z_DEFAULT_STRATEGY) != Z_OK) return "";
  std::string out(octets.size(), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));
  stream.avail_in = static_cast<uInt>(octets.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool is_whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(is_whole ? stream.total_out : 0);
  deflateEnd(&stream);
  out.shrink_to_fit();
  return out;
}

}  // namespace

std::shared_ptr<const std::string> gzip_if_worth(std::string_view octets) {
  constexpr std::size_t octets_max = 1U << 30U;  // what zlib counts in 32 bits
  if (octets.size() < gzip_octets_min || octets.size() > octets_max) return nullptr;
  std::string out = packed(octets);
  return out.empty() ? nullptr : std::make_shared<const std::string>(std::move(out));
}

}  // namespace skypod
