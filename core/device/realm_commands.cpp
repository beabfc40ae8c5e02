// The commands about the realm, its devices and what people say to each other.
#include "core/device/bad_input.hpp"
#include "core/device/device.hpp"
#include "core/realm/recovery.hpp"
#include "core/wire/fields.hpp"

namespace skypod::device {

Task<Answer> Device::create_realm(Json) {
  if (client_.membership()) {
    co_return unexpected(in_realm());
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

Task<Answer> Device::list_members(Json) {
  if (!client_.membership()) {
    co_return unexpected(Error{ErrorCode::not_a_member, ""});
  }
  Json removed = Json::array();
  for (const auto& [id, removal] : client_.removed()) {
    const auto named = names_.find(id);
    const std::string name = named == names_.end() ? "" : named->second;
    removed.push_back({{"id", id},
                       {"name", name},
                       {"removedBy", removal.remover},
                       {"atMs", removal.at_ms},
                       {"recovery", removal.recovery}});
  }
  const realm::RealmKey* key = client_.key();
  co_return Json{{"realm", client_.membership()->realm},
                 {"epoch", key == nullptr ? 0 : key->epoch},
                 {"members", peers()},
                 {"removed", std::move(removed)}};
}

Task<Answer> Device::list_ice_servers(Json) {
  co_return Json{{"iceServers", client_.mesh().ice_servers().value_or(nullptr)}};
}

Task<Answer> Device::remove_member(Json args) {
  wire::Fields fields(args);
  const std::string id = fields.text("id", 43);
  if (!fields.ok() || id == client_.identity().id) {
    co_return unexpected(bad_input(fields.ok() ? "A device does not remove itself; it leaves." : fields.problem()));
  }
  const Result<void, Error> removed = co_await client_.remove(id);
  if (!removed) {
    co_return unexpected(removed.error());
  }
  co_return Json::object();
}

Task<Answer> Device::leave_realm(Json) {
  const Result<bool, Error> told = co_await client_.leave();
  if (!told) {
    co_return unexpected(told.error());
  }
  co_await forget_realm(nullptr);
  co_return Json{{"told", *told}};
}

Task<Answer> Device::rotate_key(Json) {
  const Result<std::int64_t, Error> epoch = co_await client_.rotate();
  if (!epoch) {
    co_return unexpected(epoch.error());
  }
  tell_device();
  co_return Json{{"epoch", *epoch}};
}

Task<Answer> Device::create_recovery(Json) {
  const realm::RealmKey* key = client_.key();
  if (!client_.membership() || key == nullptr) {
    co_return unexpected(Error{client_.membership() ? ErrorCode::no_realm_key : ErrorCode::not_a_member, ""});
  }
  const std::string realm = client_.membership()->realm;
  Result<realm::Recovery, Error> recovery =
      co_await realm::make_recovery(host_, client_.network_now(), client_.identity(), realm, *client_.ledger(), *key);
  if (!recovery) {
    co_return unexpected(recovery.error());
  }
  if (!client_.membership() || client_.membership()->realm != realm) {
    co_return unexpected(Error{ErrorCode::not_a_member, ""});
  }
  client_.lodge(recovery->admission);
  co_return Json{{"id", recovery->id}, {"file", recovery->file}, {"code", recovery->code}};
}

Task<Answer> Device::restore_recovery(Json args) {
  wire::Fields fields(args);
  const std::string file = fields.text("file", realm::recovery_file_max);
  const std::string code = fields.text("code", 64);
  if (!fields.ok() || client_.membership()) {
    co_return unexpected(fields.ok() ? in_realm() : bad_input(fields.problem()));
  }
  Result<realm::Membership, Error> membership = co_await realm::recover(host_, client_.identity(), file, code);
  if (!membership) {
    co_return unexpected(membership.error());
  }
  co_return co_await enter_and_wait(std::move(*membership));
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
  Json awaited = Json::array();
  Json away = Json::array();
  if (relay) {
    const Result<std::size_t, Error> reached =
        co_await client_.broadcast(message, to.empty() ? std::vector<std::string>{} : std::vector{to});
    if (!reached) co_return unexpected(reached.error());
    recipients = *reached;
  } else {
    for (const ledger::Member& member : client_.members()) {
      const bool wanted = member.id != client_.identity().id && (to.empty() || member.id == to);
      if (!wanted || member.recovery) continue;
      const Result<std::int64_t, Error> taken = client_.mesh().send(member.id, message);
      if (!taken) co_return unexpected(taken.error());
      undelivered_[member.id].push_back({*taken, id});
      awaited.push_back(member.id);
      const bool present = client_.mesh().connected(member.id) || client_.mesh().online(member.id);
      if (!present) away.push_back(member.id);
      ++recipients;
    }
  }
  const Json told = {
      {"id", id}, {"from", client_.identity().id}, {"text", text}, {"mode", relay ? "relay" : "p2p"}, {"atMs", at}};
  co_return Json{{"message", told}, {"recipients", recipients}, {"awaited", awaited}, {"away", away}};
}

}  // namespace skypod::device
