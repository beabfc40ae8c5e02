#include "server/site.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "native/jose.hpp"

namespace skypod::server {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view unknown_type = "application/octet-stream";

std::string_view type_of(const fs::path& file) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 19> types{
      {{".html", "text/html; charset=utf-8"},
       {".js", "text/javascript; charset=utf-8"},
       {".mjs", "text/javascript; charset=utf-8"},
       {".css", "text/css; charset=utf-8"},
       {".json", "application/json"},
       {".map", "application/json"},
       {".webmanifest", "application/manifest+json"},
       {".wasm", "application/wasm"},
       {".txt", "text/plain; charset=utf-8"},
       {".svg", "image/svg+xml"},
       {".png", "image/png"},
       {".ico", "image/x-icon"},
       {".jpg", "image/jpeg"},
       {".webp", "image/webp"},
       {".woff2", "font/woff2"},
       {".mp3", "audio/mpeg"},
       {".ogg", "audio/ogg"},
       {".xml", "application/xml"},
       {".md", "text/plain; charset=utf-8"}}};
  const std::string extension = file.extension().string();
  for (const auto& [known, type] : types) {
    if (known == extension) return type;
  }
  return unknown_type;
}

constexpr std::string_view compressed = ".br";

/// Names under assets/ carry a hash of their content, so they never change; everything else is asked for again.
std::string_view caching_of(std::string_view path) {
  return path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
}

Result<std::string, std::string> read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream content;
  content << stream.rdbuf();
  if (!stream || content.bad()) {
    return unexpected("cannot read " + file.string() + ": check its permissions");
  }
  return std::move(content).str();
}

Reply reply_of(std::string path, std::string content) {
  Reply reply;
  if (path.ends_with(compressed)) {
    path.resize(path.size() - compressed.size());
    reply.fields.emplace_back("Content-Encoding", "br");
  }
  reply.fields.emplace_back("Vary", "Accept-Encoding");
  reply.content_type = type_of(path);
  reply.cache_control = caching_of(path);
  reply.etag = "\"" + to_hex(sha256(content)).substr(0, 32) + "\"";
  reply.body = std::make_shared<const std::string>(std::move(content));
  return reply;
}

/// The regular files below a directory; an error if it cannot be listed or holds too many.
Result<std::vector<fs::path>, std::string> files_below(const fs::path& directory, const Site::Limits& limits) {
  std::vector<fs::path> files;
  std::size_t octets = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    if (!at->is_regular_file(error) || at->is_symlink(error)) continue;
    octets += at->file_size(error);
    files.push_back(at->path());
    if (files.size() > limits.files || octets > limits.octets) {
      return unexpected(directory.string() + " holds more than a web app does: name the directory of the build");
    }
  }
  if (error) {
    return unexpected("cannot list " + directory.string() + ": " + error.message() +
                      "; name a readable directory with --web");
  }
  return files;
}

}  // namespace

Result<Site, std::string> Site::load(const fs::path& directory, const Limits& limits) {
  const auto files = files_below(directory, limits);
  if (!files) return unexpected(files.error());
  Site site;
  for (const fs::path& file : *files) {
    auto content = read(file);
    if (!content) return unexpected(content.error());
    std::string path = "/" + file.lexically_relative(directory).generic_string();
    Reply reply = reply_of(path, std::move(*content));
    if (path == "/index.html") site.files_.emplace("/", reply);
    site.files_.emplace(std::move(path), std::move(reply));
  }
  return site;
}

const Reply* Site::find(std::string_view path, std::string_view accept_encoding) const {
  const auto found = files_.find(path);
  if (found == files_.end()) return nullptr;
  if (!accepts_coding(accept_encoding, "br")) return &found->second;
  const std::string_view plain = path == "/" ? "/index.html" : path;
  const auto small = files_.find(std::string(plain).append(compressed));
  return small == files_.end() ? &found->second : &small->second;
}

}  // namespace skypod::server
