#include "core/device/fetch_crew.hpp"

#include <algorithm>
#include <utility>

#include "core/feed/url.hpp"

namespace skypod::device {

Task<Result<void, wire::Error>> FetchCrew::run(std::vector<std::string> feeds, Fetch fetch) {
  if (feeds.empty()) {
    co_return Result<void, wire::Error>();
  }
  const auto round = std::make_shared<Round>(std::move(fetch));
  left_ += feeds.size();
  round->waiting.assign(std::make_move_iterator(feeds.begin()), std::make_move_iterator(feeds.end()));
  rounds_.push_back(round);
  tell_progress();
  begin_what_may();
  co_await round->over;
  co_return round->outcome;
}

/// A fetch that ends at once comes back here; what it made room for is then begun by the loop that began it.
void FetchCrew::begin_what_may() {
  if (std::exchange(beginning_, true)) return;
  while (begin_one()) {
  }
  beginning_ = false;
}

bool FetchCrew::begin_one() {
  if (feeds_.size() >= feeds_at_once) return false;
  for (std::size_t i = 0; i < rounds_.size(); ++i) {
    const RoundPtr round = rounds_[i];
    const auto feed = std::ranges::find_if(round->waiting, [this](const auto& one) { return may_begin(one); });
    if (feed == round->waiting.end()) continue;
    std::string chosen = std::move(*feed);
    round->waiting.erase(feed);
    std::ranges::rotate(rounds_, rounds_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    feeds_.insert(chosen);
    ++origins_[feed::origin_of(chosen)];
    ++round->under_way;
    tasks_.spawn(work(round, std::move(chosen)));
    return true;
  }
  return false;
}

bool FetchCrew::may_begin(const std::string& feed) const {
  const auto origin = origins_.find(feed::origin_of(feed));
  return !feeds_.contains(feed) && (origin == origins_.end() || origin->second < origin_feeds_at_once);
}

Task<void> FetchCrew::work(RoundPtr round, std::string feed) {
  const Result<void, wire::Error> fetched = co_await round->fetch(feed);
  if (!fetched && round->outcome) round->outcome = fetched;
  feeds_.erase(feed);
  const auto origin = origins_.find(feed::origin_of(feed));
  if (--origin->second == 0) origins_.erase(origin);
  --round->under_way;
  ++done_, --left_;
  tell_progress();
  if (left_ == 0) done_ = 0;
  const bool is_over = round->waiting.empty() && round->under_way == 0;
  if (is_over) std::erase(rounds_, round);
  begin_what_may();
  if (is_over) round->over.set(true);
}

void FetchCrew::tell_progress() {
  host_.tell(core::out::Told{"feeds.progress", {{"done", done_}, {"left", left_}}});
}

}  // namespace skypod::device
