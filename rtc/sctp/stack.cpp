#include "rtc/sctp/stack.hpp"

#include <usrsctp.h>

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "rtc/sctp/association.hpp"

namespace skypod::rtc::sctp {
namespace {

constexpr std::int64_t quick_tick_ms = 10;   // usrsctp's own resolution
constexpr std::int64_t quiet_tick_ms = 250;  // only heartbeats and give-ups are pending
constexpr std::int64_t quiet_after_ms = 2000;

Stack* stack = nullptr;  // usrsctp's callback carries no pointer of ours but the association's name

void configure() {
  usrsctp_init_nothreads(0, Stack::output, nullptr);
  usrsctp_enable_crc32c_offload();           // DTLS has verified what comes in; output() fills in what goes out
  usrsctp_sysctl_set_sctp_ecn_enable(0);     // DTLS carries no ECN bits
  usrsctp_sysctl_set_sctp_asconf_enable(0);  // addresses are ICE's business (RFC 8261 section 5)
  usrsctp_sysctl_set_sctp_auth_enable(0);
  usrsctp_sysctl_set_sctp_pr_enable(1);
  usrsctp_sysctl_set_sctp_max_chunks_on_queue(10 * 1024);  // the default holds less than our send buffer
  usrsctp_sysctl_set_sctp_initial_cwnd(10);                // RFC 6928
  usrsctp_sysctl_set_sctp_max_burst_default(10);
  usrsctp_sysctl_set_sctp_delayed_sack_time_default(20);  // ms
  usrsctp_sysctl_set_sctp_rto_initial_default(1000);      // ms, RFC 9260 section 16
  usrsctp_sysctl_set_sctp_rto_min_default(400);           // ms; RFC 9260's 1000 is for the internet of 2000
  // What waits after an outage waits no longer than this; one packet in two seconds harms no network.
  usrsctp_sysctl_set_sctp_rto_max_default(2'000);
  usrsctp_sysctl_set_sctp_init_rto_max_default(10'000);
  usrsctp_sysctl_set_sctp_init_rtx_max_default(8);
  // An association outlives an outage about as long as consent does (RFC 7675: 30 s), so that an ICE restart finds it.
  usrsctp_sysctl_set_sctp_assoc_rtx_max_default(20);
  usrsctp_sysctl_set_sctp_path_rtx_max_default(20);
  usrsctp_sysctl_set_sctp_heartbeat_interval_default(2500);  // ms; Connection reads silence from it
}

}  // namespace

Stack::Stack(Loop& loop)
    : clock_ms_(monotonic_ms()), touched_ms_(clock_ms_), timer_(loop, [this] { tick(); }, Timer::Urgency::patient) {
  static const bool configured = (configure(), true);
  if (!configured || std::exchange(stack, this) != nullptr) {
    std::abort();  // a second loop
  }
}

Stack::~Stack() {
  stack = nullptr;
}

void* Stack::add(Association& association) {
  associations_.emplace(++last_name_, &association);
  touch();
  return reinterpret_cast<void*>(last_name_);
}

void Stack::remove(void* name) {
  associations_.erase(reinterpret_cast<std::uintptr_t>(name));
}

void Stack::touch() {
  touched_ms_ = monotonic_ms();
  if (!quick_) {
    advance();
    quick_ = true;
    timer_.start(quick_tick_ms);
  }
}

int Stack::output(void* name, void* packet, std::size_t size, std::uint8_t /*tos*/, std::uint8_t /*set_df*/) {
  const auto found = stack == nullptr ? decltype(stack->associations_)::iterator{}
                                      : stack->associations_.find(reinterpret_cast<std::uintptr_t>(name));
  if (stack != nullptr && found != stack->associations_.end()) {
    found->second->transmit(static_cast<char*>(packet), size);
  }
  return 0;
}

/// Time in which this process did not run is not silence of the network: what came meanwhile has not been read yet. So
/// usrsctp hears of at most two ticks at once; else its retransmission timers would expire on a busy machine.
void Stack::advance() {
  const std::int64_t now = monotonic_ms();
  const std::int64_t most = 2 * (quick_ ? quick_tick_ms : quiet_tick_ms);
  const std::int64_t elapsed = std::min(now - std::exchange(clock_ms_, now), most);
  usrsctp_handle_timers(static_cast<std::uint32_t>(elapsed));
}

void Stack::tick() {
  advance();
  std::vector<void*> names;
  for (const auto& [name, association] : associations_) {
    names.push_back(reinterpret_cast<void*>(name));
  }
  for (void* name : names) {
    const auto found = associations_.find(reinterpret_cast<std::uintptr_t>(name));
    if (found != associations_.end()) {
      found->second->service();
    }
  }
  quick_ = monotonic_ms() - touched_ms_ < quiet_after_ms;
  if (quick_ || !associations_.empty()) {
    timer_.start(quick_ ? quick_tick_ms : quiet_tick_ms);
  }
}

}  // namespace skypod::rtc::sctp
