// The commands of pairing: a new device shows its code, a member invites it, and either may think better of it.
#include "core/device/bad_input.hpp"
#include "core/device/device.hpp"
#include "core/wire/fields.hpp"

namespace skypod::device {
namespace {

Json write_pictures(const std::vector<realm::Picture>& pictures) {
  Json list = Json::array();
  for (const realm::Picture& picture : pictures) {
    list.push_back({{"index", picture.index}, {"emoji", picture.emoji}, {"name", picture.name}});
  }
  return list;
}

}  // namespace

Task<Answer> Device::register_self(Json) {
  const Result<realm::Code, Error> code = co_await realm::make_registration(host_, client_.identity());
  if (!code) {
    co_return unexpected(code.error());
  }
  co_return Json{
      {"registration", code->text}, {"pictures", write_pictures(code->pictures)}, {"expiresAtMs", code->expires_ms}};
}

Task<Answer> Device::inspect(Json args) {
  wire::Fields fields(args);
  const Result<realm::Invitee, Error> invitee =
      co_await realm::read_registration(host_, fields.text("registration", realm::code_max));
  if (!invitee) {
    co_return unexpected(invitee.error());
  }
  co_return Json{{"id", invitee->id}, {"name", invitee->name}, {"pictures", write_pictures(invitee->pictures)}};
}

Task<Answer> Device::invite(Json args) {
  if (!client_.membership()) {
    co_return unexpected(Error{ErrorCode::not_a_member, ""});
  }
  const realm::RealmKey* key = client_.key();
  if (key == nullptr) {
    co_return unexpected(Error{ErrorCode::no_realm_key, ""});
  }
  wire::Fields fields(args);
  const Result<realm::Code, Error> invitation =
      co_await realm::make_invitation(host_, client_.network_now(), client_.identity(), *client_.membership(), *key,
                                      fields.text("registration", realm::code_max));
  if (!invitation) {
    co_return unexpected(invitation.error());
  }
  co_return Json{{"invitation", invitation->text},
                 {"id", invitation->id},
                 {"pictures", write_pictures(invitation->pictures)},
                 {"expiresAtMs", invitation->expires_ms}};
}

Task<Answer> Device::cancel_invitation(Json args) {
  wire::Fields fields(args);
  const std::string id = fields.text("id", 64);
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const TimeMs expires_ms = client_.network_now() + realm::invitation_lifetime_ms;
  const Result<void, Error> cancelled = co_await client_.cancel_invitation(id, expires_ms);
  if (!cancelled) {
    co_return unexpected(cancelled.error());
  }
  co_return Json::object();
}

Task<Answer> Device::preview(Json args) {
  wire::Fields fields(args);
  const Result<realm::Invitation, Error> invitation =
      co_await realm::read_invitation(host_, client_.identity(), fields.text("invitation", realm::code_max));
  if (!invitation) {
    co_return unexpected(invitation.error());
  }
  co_return Json{{"inviter", invitation->inviter},
                 {"name", invitation->name},
                 {"realm", invitation->realm},
                 {"pictures", write_pictures(invitation->pictures)},
                 {"expiresAtMs", invitation->expires_ms}};
}

Task<Answer> Device::join(Json args) {
  if (client_.membership()) {
    co_return unexpected(in_realm());
  }
  wire::Fields fields(args);
  Result<realm::Membership, Error> membership =
      co_await realm::accept_invitation(host_, client_.identity(), fields.text("invitation", realm::code_max));
  if (!membership) {
    co_return unexpected(membership.error());
  }
  co_return co_await enter_and_wait(std::move(*membership));
}

}  // namespace skypod::device
