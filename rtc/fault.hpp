// Why a connection failed, as a value, and the one place that turns it into words.
#pragma once

#include <string_view>

namespace skypod::rtc {

/// What ended a connection. None of them says whose fault it was: both ends of a network are strangers.
enum class Fault {
  bad_description,   // the other side's SDP, or an ICE server, cannot be used
  wrong_state,       // an answer that nobody asked for
  wrong_identity,    // its certificate is not the one that its description promised
  ice_failed,        // no pair of addresses reaches the other side, or the last one went silent
  dtls_failed,       // the handshake did not succeed
  sctp_failed,       // the association could not be made or was aborted
  closed_by_peer,    // the other side closed the channel or the connection
  bad_message,       // text, where only octets are agreed on
  message_too_long,  // longer than either side takes
  buffer_full,       // more is waiting to be sent than may wait
};

/// A sentence for people: what happened, and what mends it where something does. Holds no address and no secret.
std::string_view describe(Fault fault);

}  // namespace skypod::rtc
