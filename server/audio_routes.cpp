#include "server/audio_routes.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <utility>
#include <variant>

#include "server/proxy/fields.hpp"
#include "server/proxy/range.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;

constexpr std::size_t piece_octets = 256 * 1024;
constexpr const char* ask_again = "private, no-cache";
constexpr const char* for_ever = "private, max-age=31536000, immutable";

/// A part of a file, read piece by piece where reading may take its time.
class FileFlow final : public Flow {
 public:
  FileFlow(asio::thread_pool& pool, Descriptor file, Range range)
      : pool_(pool), file_(std::move(file)), range_(range) {}

  asio::awaitable<std::optional<std::string>> next() override {
    const auto work = [this]() -> asio::awaitable<std::optional<std::string>> { co_return read(); };
    co_return co_await asio::co_spawn(pool_, work, asio::use_awaitable);
  }

 private:
  std::optional<std::string> read() {
    std::string piece(std::min(piece_octets, range_.end - range_.begin), '\0');
    ssize_t octets = 0;
    do {
      octets = pread(file_.get(), piece.data(), piece.size(), static_cast<off_t>(range_.begin));
    } while (octets < 0 && errno == EINTR);
    if (octets < 0 || (octets == 0 && !piece.empty())) return std::nullopt;
    piece.resize(static_cast<std::size_t>(octets));
    range_.begin += piece.size();
    return piece;
  }

  asio::thread_pool& pool_;
  Descriptor file_;
  Range range_;
};

Reply refusal(const ServiceError& error) {
  Reply reply = error_reply(error.status, error.code, error.message);
  if (error.status == 503) reply.fields.emplace_back("Retry-After", "60");
  return reply;
}

Reply map_reply(const Audio& audio) {
  Reply reply;
  reply.content_type = "application/json";
  reply.cache_control = ask_again;
  reply.etag = "\"" + audio.sha256 + "\"";
  reply.body = std::make_shared<const std::string>(audio.map);
  return reply;
}

Reply progress_reply(const AudioJobs::Progress& progress) {
  constexpr std::array names{"queued", "downloading", "analysing"};
  Reply reply = json_reply(202, {{"state", names.at(static_cast<std::size_t>(progress.stage))},
                                 {"progress", static_cast<double>(static_cast<int>(progress.part * 1000)) / 1000}});
  reply.fields.emplace_back("Retry-After", "1");
  return reply;
}

bool is_sha256(std::string_view text) {
  const auto is_digit = [](char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
  };
  return text.size() == 64 && std::ranges::all_of(text, is_digit);
}

/// The part that is asked for; the whole where none is, or not of this very file (RFC 9110 section 13.1.5).
Range range_of(const Request& request, const std::string& etag, std::size_t size) {
  const Range whole{0, size};
  const auto asked = field(request.fields, "Range");
  if (!asked || request.method != "GET" || field(request.fields, "If-Range").value_or(etag) != etag) return whole;
  return parse_range(*asked, size).value_or(whole);
}

Reply file_reply(asio::thread_pool& pool, AudioStore::Opened opened, const Request& request) {
  const std::size_t size = opened.audio.octets;
  Reply reply;
  reply.content_type = opened.audio.content_type;
  reply.cache_control = for_ever;
  reply.etag = "\"" + opened.audio.sha256 + "\"";
  reply.is_foreign = true;
  reply.fields = {{"Accept-Ranges", "bytes"}};
  const Range range = range_of(request, reply.etag, size);
  if (range.begin >= range.end) {
    reply.status = 416;
    reply.fields.emplace_back("Content-Range", "bytes */" + std::to_string(size));
    return reply;
  }
  if (range.end - range.begin < size) {
    reply.status = 206;
    reply.fields.emplace_back("Content-Range", "bytes " + std::to_string(range.begin) + "-" +
                                                   std::to_string(range.end - 1) + "/" + std::to_string(size));
  }
  reply.content_length = range.end - range.begin;
  reply.flow = std::make_shared<FileFlow>(pool, std::move(opened.file), range);
  return reply;
}

}  // namespace

AudioRoutes::AudioRoutes(Fetcher& fetcher, asio::thread_pool& pool, std::unique_ptr<AudioStore> store,
                         AudioOptions options)
    : pool_(pool), store_(std::move(store)), jobs_(fetcher, *store_, pool, std::move(options)) {}

asio::awaitable<Reply> AudioRoutes::map(std::string url) {
  const AudioJobs::Answer answer = co_await jobs_.ask(std::move(url));
  if (const auto* audio = std::get_if<Audio>(&answer)) co_return map_reply(*audio);
  if (const auto* progress = std::get_if<AudioJobs::Progress>(&answer)) co_return progress_reply(*progress);
  co_return refusal(std::get<ServiceError>(answer));
}

asio::awaitable<Reply> AudioRoutes::file(Request request, std::string path) {
  const std::string sha256 = path.substr(directory.size());
  if (!is_sha256(sha256)) {
    co_return error_reply(400, "bad_request", "Name the file by its SHA-256 in 64 hexadecimal digits, in lower case.");
  }
  const auto work = [&]() -> asio::awaitable<std::optional<AudioStore::Opened>> {
    co_return store_->open_file(sha256);
  };
  auto opened = co_await asio::co_spawn(pool_, work, asio::use_awaitable);
  if (!opened) {
    co_return error_reply(404, "not_kept", "This file is not kept here any more. Ask /api/audio for it again.");
  }
  co_return file_reply(pool_, std::move(*opened), request);
}

}  // namespace skypod::server
