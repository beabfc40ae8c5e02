#include "server/media.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "core/feed/html_text.hpp"
#include "core/feed/url.hpp"
#include "server/proxy/fields.hpp"
#include "server/proxy/origin.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;

/// What a player may say to the host, and the host to the player.
constexpr auto passed_up = std::to_array<const char*>({"Range", "If-Range", "If-None-Match", "If-Modified-Since"});
constexpr auto passed_down =
    std::to_array<const char*>({"Content-Encoding", "Content-Range", "Accept-Ranges", "ETag", "Last-Modified"});
constexpr const char* accept = "audio/*, video/*;q=0.9, */*;q=0.5";
constexpr const char* for_an_hour = "private, max-age=3600";

/// A download as the flow of an answer.
class MediaFlow final : public Flow {
 public:
  MediaFlow(std::shared_ptr<Download> download, Download::News first)
      : download_(std::move(download)), news_(std::move(first)) {}

  asio::awaitable<std::optional<std::string>> next() override {
    if (news_.octets.empty() && !news_.is_over) news_ = co_await next_news(*download_);
    if (news_.octets.empty() && news_.error) co_return std::nullopt;
    co_return std::exchange(news_.octets, "");
  }

 private:
  std::shared_ptr<Download> download_;
  Download::News news_;
};

HttpFields chosen(const HttpFields& fields, std::span<const char* const> names) {
  HttpFields those;
  for (const char* name : names) {
    if (auto value = field(fields, name)) those.emplace_back(name, std::move(*value));
  }
  return those;
}

bool is_media(std::string_view type) {
  const std::string name = feed::to_lower(feed::trim(type.substr(0, type.find(';'))));
  return name.empty() || name.starts_with("audio/") || name.starts_with("video/") || name == "application/ogg" ||
         name == "application/octet-stream" || name == "binary/octet-stream";
}

std::optional<std::size_t> length_of(const HttpFields& fields) {
  const std::string text = field(fields, "Content-Length").value_or("");
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(length) : std::nullopt;
}

Result<Reply, ServiceError> reply_of(std::shared_ptr<Download> download, Download::News first) {
  const OriginAnswer& head = *first.head;
  const bool has_body = head.status == 200 || head.status == 206;
  if (!has_body && head.status != 304 && head.status != 416) return unexpected(upstream_error(head.status));
  Reply reply;
  reply.status = head.status;
  reply.content_type = field(head.fields, "Content-Type").value_or("");
  if (has_body && !is_media(reply.content_type)) {
    return unexpected(ServiceError{422, "not_media", "There is neither audio nor video at this address."});
  }
  reply.cache_control = for_an_hour;
  reply.fields = chosen(head.fields, passed_down);
  reply.is_foreign = true;
  if (!has_body) return reply;
  reply.content_length = length_of(head.fields);
  reply.flow = std::make_shared<MediaFlow>(std::move(download), std::move(first));
  return reply;
}

}  // namespace

asio::awaitable<Result<Reply, ServiceError>> pass_media(Fetcher& fetcher, const Request& request, std::string url) {
  OriginRequest wanted{.url = "", .is_head = request.method == "HEAD", .fields = chosen(request.fields, passed_up)};
  wanted.fields.emplace_back("Accept", accept);
  for (int hops = 0; hops <= fetch_redirects_max; ++hops) {
    wanted.url = url;
    auto download = fetcher.open(wanted);
    Download::News news = co_await next_news(*download);
    if (!news.head) co_return unexpected(service_error(news.error.value_or(FetchError{})));
    const auto location = field(news.head->fields, "Location");
    const bool is_redirect = news.head->status > 300 && news.head->status < 400 && news.head->status != 304 && location;
    if (!is_redirect) co_return reply_of(std::move(download), std::move(news));
    url = feed::resolve_url(url, *location);
  }
  co_return unexpected(service_error({FetchFailure::too_many_redirects}));
}

}  // namespace skypod::server
