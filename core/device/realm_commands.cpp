// The commands about the realm, its devices and what people say to each other.
#include "core/device/bad_input.hpp"
#include "core/device/device.hpp"
#include "core/wire/fields.hpp"

namespace skypod::device {

Task<Answer> Device::create_realm(Json) {
  if (client_.membership()) {
    co_return unexpected(bad_input("This device belongs to a realm already."));
  }
  Result<realm::Membership, Error> membership = co_await realm::found_realm(host_, client_.identity());
  if (!membership) {
    co_return unexpected(membership.error());
  }
  const std::string realm = membership->realm;
  const Result<void, Error> entered = co_await enter(std::move(*membership));
  if (!entered) {
    co_return unexpected(entered.error());
  }
  co_return Json{{"realm", realm}};
}

Task<Answer> Device::rename(Json args) {
  wire::Fields fields(args);
  const std::string name = fields.text("name", wire::limit::name_max);
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  client_.rename(name);
  const Result<void, Error> announced = co_await announce_name();
  tell_device();
  if (!announced) {
    co_return unexpected(announced.error());
  }
  co_return Json::object();
}

Task<Answer> Device::register_self(Json) {
  const Result<std::string, Error> text = co_await realm::make_registration(host_, client_.identity());
  if (!text) {
    co_return unexpected(text.error());
  }
  co_return Json{{"registration", *text}};
}

Task<Answer> Device::inspect(Json args) {
  wire::Fields fields(args);
  const Result<realm::Invitee, Error> invitee =
      co_await realm::read_registration(host_, fields.text("registration", wire::limit::statement_max));
  if (!invitee) {
    co_return unexpected(invitee.error());
  }
  co_return Json{{"id", invitee->id}, {"name", invitee->name}};
}

Task<Answer> Device::invite(Json args) {
  if (!client_.membership()) {
    co_return unexpected(Error{ErrorCode::not_a_member, ""});
  }
  wire::Fields fields(args);
  const Result<realm::Invitation, Error> invitation =
      co_await realm::make_invitation(host_, client_.network_now(), client_.identity(), *client_.membership(),
                                      fields.text("registration", wire::limit::statement_max));
  if (!invitation) {
    co_return unexpected(invitation.error());
  }
  co_return Json{{"invitation", invitation->text}, {"expiresAtMs", invitation->expires_ms}};
}

Task<Answer> Device::join(Json args) {
  if (client_.membership()) {
    co_return unexpected(bad_input("This device belongs to a realm already."));
  }
  wire::Fields fields(args);
  Result<realm::Membership, Error> membership = co_await realm::accept_invitation(
      host_, client_.identity(), fields.text("invitation", 2 * wire::limit::statement_max));
  if (!membership) {
    co_return unexpected(membership.error());
  }
  const std::string realm = membership->realm;
  const Result<void, Error> stored = co_await enter(std::move(*membership));
  if (!stored) {
    co_return unexpected(stored.error());
  }
  const Result<void, Error> entered = co_await await_entry();
  if (!entered) {
    co_return unexpected(entered.error());
  }
  co_return Json{{"realm", realm}};
}

Task<Answer> Device::send_message(Json args) {
  wire::Fields fields(args);
  const std::string text = fields.text("text", text_max);
  const std::string to = fields.optional_text("to", 43);
  const bool relay = fields.text("mode", 8) == "relay";
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const std::string id = host_.fresh_id();
  const TimeMs at = host_.now();
  const wire::Envelope message = wire::event(message_msg, {{"id", id}, {"text", text}, {"at", at}});
  std::size_t recipients = 0;
  if (relay) {
    const Result<std::size_t, Error> reached =
        co_await client_.broadcast(message, to.empty() ? std::vector<std::string>{} : std::vector{to});
    if (!reached) co_return unexpected(reached.error());
    recipients = *reached;
  } else {
    for (const ledger::Member& member : client_.members()) {
      const bool wanted = member.id != client_.identity().id && (to.empty() || member.id == to);
      if (wanted && !client_.mesh().send(member.id, message)) co_return unexpected(Error{ErrorCode::queue_full, ""});
      recipients += wanted ? 1 : 0;
    }
  }
  const Json told = {
      {"id", id}, {"from", client_.identity().id}, {"text", text}, {"mode", relay ? "relay" : "p2p"}, {"atMs", at}};
  co_return Json{{"message", told}, {"recipients", recipients}};
}

}  // namespace skypod::device
