#include "media/file_octets.hpp"

extern "C" {
#include <libavformat/avformat.h>
}

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace skypod::media {
namespace {

constexpr int buffer_octets = 64 * 1024;

/// For whatever a file asks to open besides itself.
int refuse_open(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
  return AVERROR(EACCES);
}

}  // namespace

FileOctets::FileOctets(int descriptor, std::chrono::steady_clock::time_point deadline)
    : descriptor_(descriptor), deadline_(deadline) {
  struct stat about{};
  if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) return;
  size_ = about.st_size;
  auto* buffer = static_cast<unsigned char*>(av_malloc(buffer_octets));
  io_ = avio_alloc_context(buffer, buffer_octets, 0, this, &FileOctets::read, nullptr, &FileOctets::seek);
}

FileOctets::~FileOctets() {
  if (io_ != nullptr) av_freep(&io_->buffer);
  avio_context_free(&io_);
}

void FileOctets::attach(AVFormatContext& format) {
  format.pb = io_;
  format.flags |= AVFMT_FLAG_CUSTOM_IO;
  format.io_open = refuse_open;
  format.interrupt_callback = {.callback = &FileOctets::is_late, .opaque = this};
}

int FileOctets::read(void* self, std::uint8_t* into, int size) {
  auto& file = *static_cast<FileOctets*>(self);
  if (is_late(self) != 0) return AVERROR_EXIT;
  ssize_t octets = 0;
  do {
    octets = pread(file.descriptor_, into, static_cast<std::size_t>(size), file.position_);
  } while (octets < 0 && errno == EINTR);
  if (octets < 0) return AVERROR(errno);
  file.position_ += octets;
  return octets == 0 ? AVERROR_EOF : static_cast<int>(octets);
}

std::int64_t FileOctets::seek(void* self, std::int64_t offset, int whence) {
  auto& file = *static_cast<FileOctets*>(self);
  switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
      return file.size_;
    case SEEK_SET:
      break;
    case SEEK_CUR:
      offset += file.position_;
      break;
    case SEEK_END:
      offset += file.size_;
      break;
    default:
      return AVERROR(EINVAL);
  }
  if (offset < 0) return AVERROR(EINVAL);
  return file.position_ = offset;
}

int FileOctets::is_late(void* self) {
  return std::chrono::steady_clock::now() > static_cast<FileOctets*>(self)->deadline_ ? 1 : 0;
}

}  // namespace skypod::media
