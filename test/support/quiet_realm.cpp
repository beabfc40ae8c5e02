#include "test/support/quiet_realm.hpp"

#include <stdexcept>
#include <utility>

namespace skypod::test {

QuietRealm::QuietRealm(std::uint16_t port)
    : port_(port),
      a_(enter(port, alice_, realm_, register_request(alice_, genesis_of(alice_, realm_)))),
      b_(enter(port, bob_, realm_, exchange_request(bob_, invitation_of(alice_, bob_, realm_, "quiet")))) {
  if (!a_.admitted() || !b_.admitted()) throw std::runtime_error("the quiet realm was not let in");
}

bool QuietRealm::ping() {
  a_.socket.send(wire::request(wire::msg::ping, ++seq_));
  const auto answer = a_.socket.receive(wire::msg::pong);
  return answer && answer->seq == seq_;
}

bool QuietRealm::signal() {
  const std::string token = "e30.e30." + std::to_string(++seq_);
  const wire::Signal sent{token, alice_.identity(), bob_.identity()};
  a_.socket.send(wire::event(wire::msg::signal, sent.write()));
  const auto arrived = b_.socket.receive(wire::msg::signal);
  return arrived && arrived->dat == sent.write();
}

bool QuietRealm::reconnect() {
  auto again = enter(port_, alice_, realm_, authn_request());
  if (!again.admitted()) return false;
  a_ = std::move(again);
  b_.socket.send(wire::request(wire::msg::ping, 0));  // whoever says nothing for long is closed
  return b_.socket.receive(wire::msg::pong).has_value();
}

}  // namespace skypod::test
