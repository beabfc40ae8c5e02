// Two ends of SCTP in one process, with a network between them that tests can damage.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "rtc/loop/testing.hpp"
#include "rtc/sctp/association.hpp"

namespace skypod::rtc::testing {

/// One end of a bare association. What it sends reaches `other` after the present call, unless `carry` says no; `carry`
/// may change it.
struct SctpEnd final : sctp::AssociationOwner {
  struct Message {
    std::uint16_t stream;
    std::uint32_t ppid;
    Bytes octets;
  };

  Loop& loop;
  Watch& watch;
  SctpEnd* other = nullptr;
  std::unique_ptr<sctp::Association> association;
  std::function<bool(Bytes&)> carry = [](Bytes&) { return true; };
  std::deque<Message> queue;  // to be sent
  std::vector<Message> received;
  std::vector<std::uint16_t> resets;
  bool up = false;
  bool down = false;
  bool too_long = false;

  SctpEnd(Loop& the_loop, Watch& the_watch) : loop(the_loop), watch(the_watch) {}

  void flush() {
    while (!queue.empty()) {
      const Message& next = queue.front();
      if (association->send(next.stream, next.ppid, next.octets) != sctp::Association::Sent::whole) {
        return;
      }
      queue.pop_front();
    }
  }

  void sctp_send(BytesView packet) override {
    Bytes copy(packet);
    if (carry(copy)) {
      loop.post([this, copy = std::move(copy)] {
        if (other->association) {
          other->association->receive(copy);
        }
      });
    }
  }
  void sctp_up() override {
    up = true;
    flush();
    watch.changed();
  }
  void sctp_message(std::uint16_t stream, std::uint32_t ppid, Bytes octets) override {
    received.push_back({stream, ppid, std::move(octets)});
    watch.changed();
  }
  void sctp_writable() override { flush(); }
  void sctp_reset(std::uint16_t stream) override {
    resets.push_back(stream);
    watch.changed();
  }
  void sctp_down() override {
    down = true;
    watch.changed();
  }
  void sctp_too_long() override {
    too_long = true;
    watch.changed();
  }
};

}  // namespace skypod::rtc::testing
