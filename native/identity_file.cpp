#include "native/identity_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "native/descriptor.hpp"

namespace skypod {
namespace {

namespace fs = std::filesystem;

constexpr mode_t others = 0077;

std::string cannot(const fs::path& file, const std::string& what, const std::string& mend) {
  return "the identity file " + file.string() + " " + what + "; " + mend;
}

std::string octal(mode_t mode) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04o", mode & 07777);
  return text.data();
}

/// What speaks against trusting a file with these attributes; "" if nothing does.
std::string objection(const fs::path& file, const struct stat& status) {
  if (!S_ISREG(status.st_mode)) {
    return cannot(file, "is not a plain file", "move it away and restore the identity from a backup");
  }
  if (status.st_uid != geteuid()) {
    return cannot(file, "belongs to another user", "run skypod as that user, or choose a directory with --data");
  }
  if ((status.st_mode & others) != 0) {
    return cannot(file,
                  "can be used by others (mode " + octal(status.st_mode) + "), and whoever reads it is this device",
                  "run: chmod 600 " + file.string());
  }
  return "";
}

std::string read_up_to(int descriptor, std::size_t octets) {
  std::string text(octets, '\0');
  std::size_t size = 0;
  for (ssize_t count = 1; count > 0 && size < octets; size += static_cast<std::size_t>(std::max<ssize_t>(count, 0))) {
    count = ::read(descriptor, text.data() + size, octets - size);
  }
  text.resize(size);
  return text;
}

/// Makes what has happened to the names in a directory durable.
bool sync_directory(const fs::path& directory) {
  const Descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened && fsync(opened.get()) == 0;
}

}  // namespace

Result<P256Key, std::string> load_identity(const fs::path& file) {
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!opened) {
    return unexpected(cannot(file, std::string("cannot be read: ") + std::strerror(errno),
                             "restore it from a backup, or choose the right directory with --data"));
  }
  struct stat status{};
  fstat(opened.get(), &status);
  if (std::string reason = objection(file, status); !reason.empty()) {
    return unexpected(std::move(reason));
  }
  const std::string text = read_up_to(opened.get(), identity_file_max + 1);
  const auto jwk = text.size() > identity_file_max ? std::nullopt : wire::parse_json(text);
  auto key = jwk ? P256Key::from_private_jwk(*jwk) : std::nullopt;
  if (!key) {
    return unexpected(cannot(file, "holds no P-256 private key (JWK)", "restore it from a backup"));
  }
  return std::move(*key);
}

Result<P256Key, std::string> create_identity(const fs::path& file) {
  P256Key key = P256Key::generate();
  const fs::path fresh = file.string() + ".new";
  unlink(fresh.c_str());  // of a run that was cut short
  const Descriptor opened(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  // link() fails where the name is taken, so no identity is ever replaced.
  const bool stored = opened && write_all(opened.get(), wire::to_json(key.private_jwk()) + "\n") &&
                      fsync(opened.get()) == 0 && link(fresh.c_str(), file.c_str()) == 0;
  const int error = errno;
  unlink(fresh.c_str());
  if (!stored || !sync_directory(file.parent_path())) {
    return unexpected(cannot(file, std::string("cannot be written: ") + std::strerror(error),
                             "make its directory writable, or choose another with --data"));
  }
  return key;
}

}  // namespace skypod
