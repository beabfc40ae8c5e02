#include "server/pages.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <utility>

namespace skypod::server {
namespace {

constexpr std::size_t octets_of_new = 1024;  // that a body counts for which was sent once: 128 of them for one file

Pages::File file_with(const std::string& octets) {
  Descriptor file(::memfd_create("body", MFD_CLOEXEC));
  if (!file || !write_all(file.get(), octets)) return nullptr;
  return std::make_shared<const Descriptor>(std::move(file));
}

}  // namespace

Pages::File Pages::of(const Body& body) {
  if (!body || body->size() < least_octets || body->size() > most_octets) return nullptr;
  const std::string* place = body.get();
  const std::string name(reinterpret_cast<const char*>(&place), sizeof place);
  const Sent* sent = files_.find(name);
  if (sent == nullptr || sent->body.lock() != body) {  // another may have been there before
    files_.put(name, {body, nullptr}, octets_of_new);
    return nullptr;
  }
  if (!sent->file) {
    files_.put(name, {body, file_with(*body)}, std::max(body->size(), octets_of_file));
    sent = files_.find(name);
  }
  return sent == nullptr ? nullptr : sent->file;
}

}  // namespace skypod::server
