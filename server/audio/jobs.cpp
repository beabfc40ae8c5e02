#include "server/audio/jobs.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <utility>

#include "core/feed/url.hpp"
#include "media/file_hash.hpp"
#include "server/audio/worker.hpp"
#include "server/proxy/fields.hpp"
#include "server/proxy/origin.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr const char* accept = "audio/*, video/*;q=0.9, */*;q=0.5";
constexpr double download_share = 0.7;  // of the work, as people see it

ServiceError disk_full() {
  return {507, "disk_full", "This server's disk is full. Its operator has to make room; play the episode directly."};
}

ServiceError too_large() {
  return {502, "body_too_large", "The file is larger than 1 GiB. Ask its publisher for a smaller one."};
}

/// Runs on the pool what may block.
template <class Work>
asio::awaitable<std::invoke_result_t<Work>> on_pool(asio::thread_pool& pool, Work work) {
  auto task = [&work]() -> asio::awaitable<std::invoke_result_t<Work>> { co_return work(); };
  co_return co_await asio::co_spawn(pool, task, asio::use_awaitable);
}

std::optional<std::size_t> length_of(const HttpFields& fields) {
  const std::string text = field(fields, "Content-Length").value_or("");
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(length) : std::nullopt;
}

/// What the analysis calls the file, if that is fit to stand in an answer's head.
std::string content_type_of(const wire::Json& map) {
  const auto type = map.find("content_type");
  const std::string text = type != map.end() && type->is_string() ? type->get<std::string>() : "";
  const auto is_plain = [](char letter) {
    return letter == '-' || (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z');
  };
  const bool is_audio = text.starts_with("audio/") && text.size() < 40 && std::ranges::all_of(text.substr(6), is_plain);
  return is_audio ? text : "application/octet-stream";
}

}  // namespace

AudioJobs::AudioJobs(Fetcher& fetcher, AudioStore& store, asio::thread_pool& pool, AudioOptions options)
    : fetcher_(fetcher),
      store_(store),
      pool_(pool),
      options_(std::move(options)),
      downloads_(options_.downloads),
      analyses_(options_.analyses) {}

asio::awaitable<AudioJobs::Answer> AudioJobs::ask(std::string url) {
  if (auto news = news_of(url)) co_return std::move(*news);
  auto known = co_await on_pool(pool_, [&] { return store_.find(url); });
  if (known) co_return std::move(*known);
  if (auto news = news_of(url)) co_return std::move(*news);
  forget_failures();
  if (jobs_.size() >= options_.jobs_max) {
    co_return ServiceError{503, "busy", "Too many episodes wait for their analysis. Try again in a few minutes."};
  }
  const auto job = std::make_shared<Job>();
  jobs_[url] = job;
  asio::co_spawn(co_await asio::this_coro::executor, run(url, job), asio::detached);
  co_return job->progress;
}

/// What is known of a job for the address; nothing if there is none.
std::optional<AudioJobs::Answer> AudioJobs::news_of(const std::string& url) {
  const auto found = jobs_.find(url);
  if (found == jobs_.end()) return std::nullopt;
  const Job& job = *found->second;
  if (!job.failure) return job.progress;
  if (Clock::now() - job.failed_at < options_.failure_life) return *job.failure;
  jobs_.erase(found);
  return std::nullopt;
}

void AudioJobs::forget_failures() {
  std::erase_if(jobs_, [this](const auto& one) {
    return one.second->failure && Clock::now() - one.second->failed_at >= options_.failure_life;
  });
}

asio::awaitable<void> AudioJobs::run(std::string url, std::shared_ptr<Job> job) {
  auto outcome = co_await work(url, job);
  if (outcome) {
    jobs_.erase(url);
    co_return;
  }
  job->failure = std::move(outcome.error());
  job->failed_at = Clock::now();
}

asio::awaitable<AudioJobs::Outcome> AudioJobs::work(std::string url, std::shared_ptr<Job> job) {
  std::optional<AudioDraft> draft;
  {
    const auto turn = co_await downloads_.take();
    draft = co_await on_pool(pool_, [&] { return store_.begin(); });
    if (!draft) co_return unexpected(disk_full());
    auto fetched = co_await download(url, job, *draft);
    if (!fetched) co_return fetched;
  }
  const auto turn = co_await analyses_.take();
  co_return co_await analyse(url, job, std::move(*draft));
}

/// Fetches the file into the draft, piece by piece.
asio::awaitable<AudioJobs::Outcome> AudioJobs::download(std::string url, std::shared_ptr<Job> job, AudioDraft& draft) {
  job->progress.stage = Stage::downloading;
  const auto deadline = Clock::now() + options_.fetch_time_max;
  auto opened = co_await open_media(fetcher_, {.url = std::move(url), .fields = {{"Accept", accept}}});
  if (!opened) co_return unexpected(opened.error());
  auto& [stream, news] = *opened;
  if (news.head->status != 200) co_return unexpected(upstream_error(news.head->status));
  const auto length = length_of(news.head->fields);
  while (true) {
    if (draft.octets() + news.octets.size() > options_.file_octets_max || length > options_.file_octets_max) {
      co_return unexpected(too_large());
    }
    const bool is_written = news.octets.empty() || co_await on_pool(pool_, [&] { return draft.append(news.octets); });
    if (!is_written) co_return unexpected(disk_full());
    if (length && *length > 0) {
      job->progress.part =
          download_share * std::min(1.0, static_cast<double>(draft.octets()) / static_cast<double>(*length));
    }
    if (news.is_over) break;
    if (Clock::now() > deadline) co_return unexpected(service_error({FetchFailure::timed_out}));
    news = co_await next_news(*stream);
  }
  co_return news.error ? Outcome(unexpected(service_error(*news.error))) : Outcome();
}

/// Has the draft analysed, and keeps it with what that says.
asio::awaitable<AudioJobs::Outcome> AudioJobs::analyse(std::string url, std::shared_ptr<Job> job, AudioDraft draft) {
  job->progress = {Stage::analysing, download_share};
  auto map = co_await analyse_apart(options_.program, draft.file(), [job](double part) {
    job->progress.part = download_share + (1 - download_share) * std::clamp(part, 0.0, 1.0);
  });
  if (!map) co_return unexpected(map.error());
  // The hash is ours, not the word of a process that may not be itself any more.
  const auto sha256 = co_await on_pool(pool_, [&] { return media::hash_file(draft.file()); });
  if (!sha256) co_return unexpected(disk_full());
  (*map)["sha256"] = *sha256;
  (*map)["octets"] = draft.octets();
  (*map)["media"] = "/api/media/" + *sha256;
  const Audio audio{
      .sha256 = *sha256, .octets = draft.octets(), .content_type = content_type_of(*map), .map = wire::to_json(*map)};
  const bool is_kept = co_await on_pool(pool_, [&] { return store_.keep(std::move(draft), url, audio); });
  co_return is_kept ? Outcome() : Outcome(unexpected(disk_full()));
}

}  // namespace skypod::server
