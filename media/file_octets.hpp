// A file's octets as the FFmpeg libraries read them: by a descriptor that is open already, and by nothing else, so that
// a file cannot name another one or an address for them to open.
#pragma once

#include <chrono>
#include <cstdint>

struct AVIOContext;
struct AVFormatContext;

namespace skypod::media {

/// Reads the descriptor, which must be seekable and outlive this. Its position is not used.
class FileOctets {
 public:
  FileOctets(int descriptor, std::chrono::steady_clock::time_point deadline);
  ~FileOctets();
  FileOctets(const FileOctets&) = delete;
  FileOctets& operator=(const FileOctets&) = delete;

  /// False if the descriptor cannot be read so.
  bool is_usable() const { return io_ != nullptr; }

  /// Makes the context, which is not open yet, read from here.
  void attach(AVFormatContext& format);

  std::int64_t size() const { return size_; }
  std::int64_t position() const { return position_; }

 private:
  static int read(void* self, std::uint8_t* into, int size);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);
  static int is_late(void* self);

  int descriptor_;
  std::chrono::steady_clock::time_point deadline_;
  std::int64_t size_ = 0;
  std::int64_t position_ = 0;
  AVIOContext* io_ = nullptr;
};

}  // namespace skypod::media
