// The RtcPort over our own WebRTC endpoint, which has a thread of its own: what it reports is posted to the event loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "peer/rtc_port.hpp"
#include "rtc/endpoint.hpp"

namespace skypod::peer {

/// Direct connections.
class EndpointRtc final : public RtcPort {
 public:
  EndpointRtc(boost::asio::io_context& io, Report report, rtc::Options options);

  void open(const core::out::RtcOpen& output) override;
  void offer(const core::out::RtcOffer& output) override;
  void remote(const core::out::RtcRemote& output) override;
  void candidate(const core::out::RtcCandidate& output) override;
  void send(const core::out::RtcSend& output) override;
  void close(const core::out::RtcClose& output) override;

 private:
  std::shared_ptr<Report> report_;  // what is still under way when this goes finds it gone
  rtc::Endpoint endpoint_;
};

}  // namespace skypod::peer
