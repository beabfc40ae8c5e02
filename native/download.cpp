#include "native/download.hpp"

#include <utility>

namespace skypod {

Download::News Download::take(std::function<void()> more) {
  std::unique_lock lock(mutex_);
  News news = std::exchange(news_, News{});
  if (news.empty()) more_ = std::move(more);
  const bool was_paused = std::exchange(is_paused_, false);
  lock.unlock();
  if (was_paused) resume_(shared_from_this());
  return news;
}

void Download::head(OriginAnswer head) {
  const std::lock_guard lock(mutex_);
  if (std::exchange(has_head_, true)) return;
  news_.head = std::move(head);
}

Transfer::Taken Download::receive(std::string_view piece) {
  const std::lock_guard lock(mutex_);
  if (is_abandoned_ || received_ + piece.size() > download_octets_max) return Transfer::Taken::never;
  const std::size_t waiting = news_.octets.size();
  is_paused_ = waiting > 0 && waiting + piece.size() > download_waiting_octets_max;
  if (is_paused_) return Transfer::Taken::later;
  news_.octets += piece;
  received_ += piece.size();
  tell();
  return Transfer::Taken::yes;
}

void Download::end(std::optional<FetchError> error) {
  const std::lock_guard lock(mutex_);
  news_.is_over = true;
  news_.error = error;
  tell();
}

void Download::abandon() {
  std::unique_lock lock(mutex_);
  is_abandoned_ = true;
  more_ = nullptr;
  lock.unlock();
  resume_(shared_from_this());
}

bool Download::is_abandoned() const {
  const std::lock_guard lock(mutex_);
  return is_abandoned_;
}

void Download::tell() {
  if (const auto more = std::exchange(more_, nullptr)) more();
}

}  // namespace skypod
