#include "rtc/fault.hpp"

namespace skypod::rtc {

std::string_view describe(Fault fault) {
  switch (fault) {
    case Fault::bad_description:
      return "The other side's description of the connection cannot be used; a new connection may help.";
    case Fault::wrong_state:
      return "The other side answered an offer that was not made; a new connection may help.";
    case Fault::wrong_identity:
      return "The other side is not who its description said. Somebody may be in between; nothing was sent.";
    case Fault::ice_failed:
      return "No way to reach the other side was found, or it went silent. A TURN server helps where networks forbid "
             "direct connections.";
    case Fault::dtls_failed:
      return "The encrypted session could not be made; a new connection may help.";
    case Fault::sctp_failed:
      return "The other side broke the connection off; a new connection may help.";
    case Fault::closed_by_peer:
      return "The other side closed the connection.";
    case Fault::bad_message:
      return "The other side sent text where only octets are agreed on; it may need an update.";
    case Fault::message_too_long:
      return "A message was longer than the other side takes; split it.";
    case Fault::buffer_full:
      return "Too much was waiting to be sent; wait for less to be waiting before sending more.";
  }
  return "The connection failed.";
}

}  // namespace skypod::rtc
