// The RtcPort of a peer that makes no direct connections.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "peer/rtc_port.hpp"

namespace skypod::peer {

/// Fails every connection as soon as it is opened.
class NoRtc final : public RtcPort {
 public:
  NoRtc(boost::asio::io_context& io, Report report) : io_(io), report_(std::move(report)) {}

  void open(const core::out::RtcOpen& output) override {
    boost::asio::post(io_, [this, rtc = output.rtc] { report_(device::in::RtcFailed{rtc}); });
  }
  void offer(const core::out::RtcOffer&) override {}
  void remote(const core::out::RtcRemote&) override {}
  void candidate(const core::out::RtcCandidate&) override {}
  void send(const core::out::RtcSend&) override {}
  void close(const core::out::RtcClose&) override {}

 private:
  boost::asio::io_context& io_;
  Report report_;
};

}  // namespace skypod::peer
