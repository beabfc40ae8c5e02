// Where connections wait that are of no use yet or no more: those whose request has not arrived, and those that are
// being closed. Each may stay for a while, and only so many at once: one more, and the one that has waited longest
// goes. So neither slow handshakes nor many of them keep anybody else out. Knows no clock and no socket.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <optional>

namespace skypod::server {

using SteadyTime = std::chrono::steady_clock::time_point;

/// The connections that wait; for one thread. Must outlive its guests.
class Lobby {
 public:
  /// Why somebody has to go.
  enum class Why { too_slow, crowded };

  /// One that waits. It leaves when it is destroyed.
  class Guest {
   public:
    Guest() = default;
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;

    /// Has to go; it is no guest any more. May not enter again before it returns.
    virtual void dismiss(Why why) = 0;

   protected:
    virtual ~Guest() { leave(); }

    /// Waits until `deadline`, from now on; a guest that waits already keeps its place in the line.
    void wait_in(Lobby& lobby, SteadyTime deadline);

    /// Waits no longer.
    void leave();

   private:
    friend Lobby;

    Lobby* lobby_ = nullptr;
    SteadyTime deadline_;
    std::list<Guest*>::iterator place_;
  };

  /// `guests_max` at least 1.
  explicit Lobby(std::size_t guests_max) : guests_max_(guests_max) {}

  /// Dismisses some of those who have waited until their deadline: a few at once, so that it does not take long. To be
  /// called again and again.
  void expire(SteadyTime now);

  /// Dismisses the one that has waited longest, if there is one.
  void dismiss_oldest();

  /// Dismisses everyone.
  void dismiss_all();

  std::size_t guests() const { return guests_.size(); }

 private:
  void dismiss(Guest& guest, Why why);

  std::size_t guests_max_;
  std::list<Guest*> guests_;  // longest waiting first
};

}  // namespace skypod::server
