// A body on its way from the fetcher's thread to a reader, with a bound on what waits between them: a reader that is
// slow makes the host wait, not us.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "native/fetch.hpp"
#include "native/transfer.hpp"

namespace skypod {

/// Octets of one body that is passed on, and of it that nobody has taken yet.
inline constexpr std::size_t download_octets_max = std::size_t{2} << 30U;
inline constexpr std::size_t download_waiting_octets_max = 256 * 1024;

/// The two sides share it; each may be on a thread of its own.
class Download : public std::enable_shared_from_this<Download> {
 public:
  /// What there is to know now.
  struct News {
    std::optional<OriginAnswer> head{};  // once, first; its body is empty
    std::string octets{};                // the next of the body
    bool is_over = false;                // nothing comes after this
    std::optional<FetchError> error{};   // with is_over: why it is not whole

    bool empty() const { return !head && octets.empty() && !is_over; }
  };

  // The reader's side.

  /// Takes what is there. If that is nothing, `more` is called once there is something, on the fetcher's thread.
  News take(std::function<void()> more);

  // The fetcher's side.

  /// `resume` is called, on the reader's thread, when there is room again or the reader has gone.
  using Resume = std::function<void(std::shared_ptr<Download>)>;
  explicit Download(Resume resume) : resume_(std::move(resume)) {}
  void head(OriginAnswer head);
  Transfer::Taken receive(std::string_view piece);
  void end(std::optional<FetchError> error);
  /// The reader has gone; calls `resume`.
  void abandon();
  bool is_abandoned() const;

 private:
  void tell();

  Resume resume_;
  mutable std::mutex mutex_;  // guards all that follows
  News news_;
  std::function<void()> more_;
  std::size_t received_ = 0;
  bool has_head_ = false;
  bool is_paused_ = false;
  bool is_abandoned_ = false;
};

}  // namespace skypod
