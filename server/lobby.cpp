#include "server/lobby.hpp"

#include <vector>

namespace skypod::server {
namespace {

constexpr std::size_t dismissed_at_once = 8;

}  // namespace

void Lobby::Guest::wait_in(Lobby& lobby, SteadyTime deadline) {
  deadline_ = deadline;
  if (lobby_ != nullptr) {
    return;
  }
  if (lobby.guests_.size() >= lobby.guests_max_) lobby.dismiss_oldest();
  place_ = lobby.guests_.insert(lobby.guests_.end(), this);
  lobby_ = &lobby;
}

void Lobby::Guest::leave() {
  if (lobby_ == nullptr) {
    return;
  }
  lobby_->guests_.erase(place_);
  lobby_ = nullptr;
}

void Lobby::expire(SteadyTime now) {
  std::vector<Guest*> late;
  for (Guest* guest : guests_) {
    if (guest->deadline_ <= now && late.size() < dismissed_at_once) late.push_back(guest);
  }
  for (Guest* guest : late) dismiss(*guest, Why::too_slow);
}

void Lobby::dismiss_oldest() {
  if (!guests_.empty()) dismiss(*guests_.front(), Why::crowded);
}

void Lobby::dismiss_all() {
  while (!guests_.empty()) dismiss_oldest();
}

void Lobby::dismiss(Guest& guest, Why why) {
  guest.leave();
  guest.dismiss(why);
}

}  // namespace skypod::server
