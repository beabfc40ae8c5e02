#include "peer/endpoint_rtc.hpp"

#include <boost/asio/post.hpp>
#include <optional>
#include <utility>

namespace skypod::peer {
namespace {

namespace in = device::in;
namespace event = rtc::event;

/// The device's input for an event; nothing where the core has no use for it.
struct Translator {
  using Maybe = std::optional<device::Input>;

  Maybe operator()(event::Local& it) const { return in::RtcLocal{it.id, it.is_offer, std::move(it.sdp)}; }
  Maybe operator()(event::Candidate& it) const {
    return in::RtcCandidate{
        it.id,
        wire::Candidate{
            .connection_id = "", .candidate = std::move(it.candidate), .mid = std::move(it.mid), .line = it.line}};
  }
  Maybe operator()(const event::Opened& it) const { return in::RtcOpened{it.id}; }
  Maybe operator()(event::Message& it) const { return in::RtcMessage{it.id, std::move(it.octets)}; }
  Maybe operator()(const event::Doubtful& it) const { return in::RtcDoubtful{it.id}; }
  Maybe operator()(const event::Failed& it) const { return in::RtcFailed{it.id}; }
  Maybe operator()(const event::Drained& it) const { return in::RtcDrained{it.id}; }
  Maybe operator()(const event::Path& it) const { return in::RtcPath{it.id, it.kind == event::Path::Kind::relayed}; }
};

/// Called on the endpoint's thread.
rtc::Endpoint::Sink sink_to(boost::asio::io_context& io, std::weak_ptr<RtcPort::Report> report) {
  return [&io, to = std::move(report)](rtc::Event happened) {
    auto input = std::visit(Translator{}, happened);
    if (!input) return;
    boost::asio::post(io, [to, ready = std::move(*input)]() mutable {
      if (const auto host = to.lock()) (*host)(std::move(ready));
    });
  };
}

}  // namespace

EndpointRtc::EndpointRtc(boost::asio::io_context& io, Report report, rtc::Options options)
    : report_(std::make_shared<Report>(std::move(report))), endpoint_(sink_to(io, report_), std::move(options)) {}

void EndpointRtc::open(const core::out::RtcOpen& output) {
  endpoint_.open(output.rtc, output.ice_servers);
}

void EndpointRtc::offer(const core::out::RtcOffer& output) {
  endpoint_.offer(output.rtc, output.restart);
}

void EndpointRtc::remote(const core::out::RtcRemote& output) {
  endpoint_.remote(output.rtc, output.is_offer, output.sdp);
}

void EndpointRtc::candidate(const core::out::RtcCandidate& output) {
  endpoint_.candidate(output.rtc, output.candidate, output.mid, output.line);
}

void EndpointRtc::send(const core::out::RtcSend& output) {
  endpoint_.send(output.rtc, output.octets, output.report_drained);
}

void EndpointRtc::close(const core::out::RtcClose& output) {
  endpoint_.close(output.rtc);
}

}  // namespace skypod::peer
