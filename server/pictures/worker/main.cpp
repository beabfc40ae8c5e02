// skypod-pictures: makes pictures small for the server, one after the other, over the socket that is its standard
// input. A program of its own, because it decodes what strangers send: it may fail without taking anybody along.
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "media/jail/jail.hpp"
#include "server/pictures/worker/shrink.hpp"

namespace {

using namespace skypod::server::pictures;

constexpr int server_socket = STDIN_FILENO;

bool read_all(char* into, std::size_t octets) {
  while (octets > 0) {
    const ssize_t count = read(server_socket, into, octets);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    into += count;
    octets -= static_cast<std::size_t>(count);
  }
  return true;
}

bool write_all(const std::string& octets) {
  for (std::size_t done = 0; done < octets.size();) {
    const ssize_t count = write(server_socket, octets.data() + done, octets.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

/// False when the server has gone.
bool serve_one() {
  char head[request_head_octets];
  if (!read_all(head, sizeof head)) return false;
  const int width = static_cast<int>(read_u32(head));
  const auto type = static_cast<Type>(head[4]);
  std::string picture(read_u32(head + 5), '\0');
  if (!read_all(picture.data(), picture.size())) return false;
  std::string thumbnail;
  std::string answer(1, static_cast<char>(shrink(picture, width, type, thumbnail)));
  append_u32(answer, static_cast<std::uint32_t>(thumbnail.size()));
  return write_all(answer + thumbnail);
}

}  // namespace

int main() {
  prepare_library();
  if (!skypod::media::enter_jail({.processor_seconds = {}})) return EXIT_FAILURE;  // the server looks at the clock
  while (serve_one()) {
  }
  return EXIT_SUCCESS;
}
