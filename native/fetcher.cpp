#include "native/fetcher.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/feed/html_text.hpp"
#include "native/transfer.hpp"

namespace skypod {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto download_timeout = std::chrono::hours(6);
constexpr long connections_kept = 64;  // that nobody uses
constexpr long kept_seconds = 30;

struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

unsigned events_of(int what) {
  const unsigned in = (what & CURL_POLL_IN) != 0 ? unsigned{EPOLLIN} : 0U;
  const unsigned out = (what & CURL_POLL_OUT) != 0 ? unsigned{EPOLLOUT} : 0U;
  return in | out;
}

int flags_of(unsigned events) {
  const int in = (events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0;
  const int out = (events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0;
  return in | out | ((events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
}

}  // namespace

/// libcurl's multi interface over epoll. Orders come from other threads; all else belongs to the thread that runs it.
class Fetcher::Loop {
 public:
  Loop(const FetchOptions& options, std::size_t gathered_max);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// From any thread: has the loop do this.
  using Order = std::move_only_function<void(Loop&)>;
  void order(Order order);

  void run();
  void stop() { is_running_ = false; }
  void send(const OriginRequest& request, std::chrono::milliseconds time_left, Done done);
  void download(const OriginRequest& request, std::shared_ptr<Download> into);
  /// There is room in the download again, or nobody reads it.
  void resume(const Download* download);

 private:
  struct Job {
    std::unique_ptr<Transfer> transfer;
    Done done;
  };

  static int socket_changed(CURL* easy, curl_socket_t socket, int what, void* user, void* of_socket);
  static int timer_changed(CURLM* multi, long timeout_ms, void* user);
  void begin(std::unique_ptr<Transfer> transfer, Done done);
  Transfer::Taken judge(std::size_t octets);
  void end(CURL* easy, CURLcode code);
  void follow_orders();
  void follow_sockets();
  void end_what_is_done();
  int wait_ms() const;

  const FetchOptions& options_;
  const std::size_t gathered_max_;
  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  int wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  bool is_running_ = true;
  std::unordered_map<CURL*, Job> jobs_;
  std::unordered_map<const Download*, CURL*> downloads_;
  std::size_t gathered_ = 0;
  std::optional<Clock::time_point> timer_;
  std::mutex mutex_;
  std::vector<Order> orders_;  // guarded by mutex_
  std::unique_ptr<CURLM, FreeMulti> multi_;
};

Fetcher::Loop::Loop(const FetchOptions& options, std::size_t gathered_max)
    : options_(options), gathered_max_(gathered_max) {
  multi_.reset(curl_multi_init());
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, &Loop::socket_changed);
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, &Loop::timer_changed);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, connections_kept);
  epoll_event waking{.events = EPOLLIN, .data = {.fd = wake_}};
  epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &waking);
}

Fetcher::Loop::~Loop() {
  for (const auto& [easy, job] : jobs_) curl_multi_remove_handle(multi_.get(), easy);
  jobs_.clear();
  multi_.reset();
  close(wake_);
  close(epoll_);
}

void Fetcher::Loop::order(Order order) {
  const std::lock_guard lock(mutex_);
  orders_.push_back(std::move(order));
  constexpr std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
}

void Fetcher::Loop::run() {
  while (is_running_) {
    follow_sockets();
    follow_orders();
    end_what_is_done();
  }
}

void Fetcher::Loop::follow_orders() {
  std::vector<Order> orders;
  {
    const std::lock_guard lock(mutex_);
    orders.swap(orders_);
  }
  for (Order& order : orders) order(*this);
}

int Fetcher::Loop::wait_ms() const {
  if (!timer_) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*timer_ - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

/// Waits, and has libcurl look at what is ready and at what is due.
void Fetcher::Loop::follow_sockets() {
  std::array<epoll_event, 64> ready;
  const int count = epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), wait_ms());
  int running = 0;
  for (int i = 0; i < count; ++i) {
    const int socket = ready[static_cast<std::size_t>(i)].data.fd;
    if (socket == wake_) {
      std::uint64_t times = 0;
      [[maybe_unused]] const ssize_t taken = read(wake_, &times, sizeof times);
    } else {
      curl_multi_socket_action(multi_.get(), socket, flags_of(ready[static_cast<std::size_t>(i)].events), &running);
    }
  }
  if (timer_ && *timer_ <= Clock::now()) {
    timer_.reset();
    curl_multi_socket_action(multi_.get(), CURL_SOCKET_TIMEOUT, 0, &running);
  }
}

void Fetcher::Loop::end_what_is_done() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg == CURLMSG_DONE) end(message->easy_handle, message->data.result);
  }
}

/// libcurl wants to know other things of a socket; one that it has closed has left epoll by itself.
int Fetcher::Loop::socket_changed(CURL*, curl_socket_t socket, int what, void* user, void*) {
  const int epoll = static_cast<Loop*>(user)->epoll_;
  epoll_event wanted{.events = events_of(what), .data = {.fd = socket}};
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nullptr);
  } else if (epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &wanted) != 0 && errno == ENOENT) {
    epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &wanted);
  }
  return 0;
}

int Fetcher::Loop::timer_changed(CURLM*, long timeout_ms, void* user) {
  auto& timer = static_cast<Loop*>(user)->timer_;
  timer = timeout_ms < 0 ? std::nullopt : std::optional(Clock::now() + std::chrono::milliseconds(timeout_ms));
  return 0;
}

void Fetcher::Loop::begin(std::unique_ptr<Transfer> transfer, Done done) {
  CURL* easy = transfer->handle();
  if (easy == nullptr) return done(transfer->finish(CURLE_FAILED_INIT));
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, kept_seconds);
  jobs_[easy] = {std::move(transfer), std::move(done)};
  curl_multi_add_handle(multi_.get(), easy);
}

void Fetcher::Loop::send(const OriginRequest& request, std::chrono::milliseconds time_left, Done done) {
  if (const auto refused = refusal_of(request.url)) return done(unexpected(FetchError{*refused}));
  auto transfer = std::make_unique<Transfer>(request, options_, time_left);
  transfer->ask_before_gathering([this](std::string_view piece) { return judge(piece.size()); });
  if (transfer->handle() != nullptr && feed::to_lower(request.url).starts_with("https:")) {
    curl_easy_setopt(transfer->handle(), CURLOPT_PIPEWAIT,
                     1L);  // for HTTP/2; with HTTP/1.1 one would wait for the other
  }
  begin(std::move(transfer), std::move(done));
}

Transfer::Taken Fetcher::Loop::judge(std::size_t octets) {
  if (gathered_ + octets > gathered_max_) return Transfer::Taken::never;
  gathered_ += octets;
  return Transfer::Taken::yes;
}

void Fetcher::Loop::download(const OriginRequest& request, std::shared_ptr<Download> into) {
  if (const auto refused = refusal_of(request.url)) return into->end(FetchError{*refused});
  auto transfer = std::make_unique<Transfer>(request, options_, download_timeout);
  if (CURL* easy = transfer->handle()) {
    // HTTP/2 would hold up what else is on the connection while this one's reader is slow.
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    downloads_[into.get()] = easy;
  }
  transfer->give_body_to([into, from = transfer.get()](std::string_view piece) {
    into->head(from->head());
    return into->receive(piece);
  });
  begin(std::move(transfer), [this, into](Result<OriginAnswer, FetchError> answer) {
    downloads_.erase(into.get());
    if (answer) into->head(std::move(*answer));
    into->end(answer ? std::nullopt : std::optional(answer.error()));
  });
}

void Fetcher::Loop::resume(const Download* download) {
  const auto found = downloads_.find(download);
  if (found == downloads_.end()) return;
  if (download->is_abandoned()) return end(found->second, CURLE_ABORTED_BY_CALLBACK);
  curl_easy_pause(found->second, CURLPAUSE_CONT);
}

void Fetcher::Loop::end(CURL* easy, CURLcode code) {
  const auto found = jobs_.find(easy);
  if (found == jobs_.end()) return;
  Job job = std::move(found->second);
  jobs_.erase(found);
  gathered_ -= job.transfer->gathered();
  auto answer = job.transfer->finish(code);
  curl_multi_remove_handle(multi_.get(), easy);
  job.done(std::move(answer));
}

Fetcher::Fetcher(FetchOptions options, std::size_t gathered_max)
    : options_(std::move(options)), loop_(std::make_shared<Loop>(options_, gathered_max)) {
  thread_ = std::thread([loop = loop_] { loop->run(); });
}

Fetcher::~Fetcher() {
  loop_->order([](Loop& loop) { loop.stop(); });
  thread_.join();
}

void Fetcher::send(OriginRequest request, Done done) {
  send(std::move(request), options_.total_timeout, std::move(done));
}

void Fetcher::send(OriginRequest request, std::chrono::milliseconds time_left, Done done) {
  loop_->order([request = std::move(request), time_left, done = std::move(done)](Loop& loop) mutable {
    loop.send(request, time_left, std::move(done));
  });
}

void Fetcher::get(Wanted wanted, GetDone done) {
  std::string url = wanted.url;
  follow(std::move(wanted), std::move(url), 0, Clock::now() + options_.total_timeout, std::move(done));
}

/// `url`: where redirects have led from what is wanted.
void Fetcher::follow(Wanted wanted, std::string url, int hops, Deadline deadline, GetDone done) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  if (left.count() <= 0) return done(unexpected(FetchError{FetchFailure::timed_out}));
  OriginRequest request{.url = url, .is_unpacked = !wanted.range, .fields = {}};
  if (wanted.range) {
    const auto [first, count] = *wanted.range;
    request.fields = {{"Accept", "*/*"},
                      {"Range", "bytes=" + std::to_string(first) + "-" + std::to_string(first + count - 1)}};
  } else {
    request.fields = {{"Accept", options_.accept}};
  }
  const std::string& authorization = wanted.authorization.reveal();
  if (!authorization.empty() && is_same_origin(url, wanted.url)) {
    request.fields.emplace_back("Authorization", authorization);
  }
  auto then = [this, wanted = std::move(wanted), url = std::move(url), hops, deadline,
               done = std::move(done)](auto answer) mutable {
    if (!answer) return done(unexpected(answer.error()));
    auto next = redirect_of(answer->status, answer->fields, url);
    if (!next) return done(unexpected(next.error()));
    if (next->empty()) return done(result_of(std::move(*answer), url));
    if (hops == fetch_redirects_max) return done(unexpected(FetchError{FetchFailure::too_many_redirects}));
    follow(std::move(wanted), std::move(*next), hops + 1, deadline, std::move(done));
  };
  send(std::move(request), left, std::move(then));
}

std::shared_ptr<Download> Fetcher::open(OriginRequest request) {
  auto resume = [weak = std::weak_ptr(loop_)](std::shared_ptr<Download> download) {
    if (const auto loop = weak.lock()) {
      loop->order([download = std::move(download)](Loop& owner) { owner.resume(download.get()); });
    }
  };
  const auto download = std::make_shared<Download>(std::move(resume));
  loop_->order([request = std::move(request), download](Loop& loop) { loop.download(request, download); });
  return {download.get(), [download](Download*) { download->abandon(); }};
}

}  // namespace skypod
