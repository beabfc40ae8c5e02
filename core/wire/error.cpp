#include "core/wire/error.hpp"

#include <array>

#include "core/wire/fields.hpp"

namespace skypod::wire {
namespace {

struct Row {
  ErrorCode code;
  int status;
  std::string_view name;
  std::string_view sentence;
};

constexpr std::array rows{
    Row{ErrorCode::bad_frame, 400, "bad_frame",
        "This frame is neither a JSON message nor a signed token. Send {typ, msg, seq, dat} or a compact JWS."},
    Row{ErrorCode::bad_message, 400, "bad_message", "The message lacks a field or holds one of the wrong kind."},
    Row{ErrorCode::unknown_message, 404, "unknown_message",
        "There is no message of this name. Update skypod, or check the spelling."},
    Row{ErrorCode::frame_too_large, 413, "frame_too_large",
        "The frame is larger than the server takes. Split it into smaller messages."},
    Row{ErrorCode::rate_limited, 429, "rate_limited",
        "Too many messages in a short time. Wait a few seconds, then send more slowly."},
    Row{ErrorCode::not_authenticated, 401, "not_authenticated",
        "This connection has not authenticated. Begin with preauth.register, preauth.authn or preauth.exchange."},
    Row{ErrorCode::authentication_timeout, 408, "authentication_timeout",
        "Authentication took longer than 3 seconds. Connect again and answer the challenge at once."},
    Row{ErrorCode::bad_token, 401, "bad_token",
        "The token is not one that its issuer signed with ES256. Sign it again with this device's own key."},
    Row{ErrorCode::token_expired, 401, "token_expired",
        "The token has expired or is dated in the future. Check the device's clock and sign a new one."},
    Row{ErrorCode::stale_nonce, 401, "stale_nonce",
        "The token does not carry the nonce of this connection. Sign a new one with the nonce just received."},
    Row{ErrorCode::wrong_realm, 403, "wrong_realm", "The token was made for another realm. Sign one for this realm."},
    Row{ErrorCode::unknown_realm, 404, "unknown_realm",
        "The server does not know this realm. Check the server's address, or let a member connect first."},
    Row{ErrorCode::realm_exists, 409, "realm_exists",
        "A realm with this id exists already. Choose another id, or join it with an invitation."},
    Row{ErrorCode::realm_full, 403, "realm_full",
        "The realm has as many devices as the server allows. Remove one first."},
    Row{ErrorCode::not_a_member, 403, "not_a_member",
        "This device is not a member of the realm. Ask a member for an invitation."},
    Row{ErrorCode::removed, 403, "removed",
        "This device was removed from the realm. To come back it needs an invitation under a new identity."},
    Row{ErrorCode::invitation_invalid, 403, "invitation_invalid",
        "The invitation was not signed by a member for this device. Show this device's code again and get a new one."},
    Row{ErrorCode::invitation_expired, 410, "invitation_expired",
        "The invitation has expired. Ask for a new one; it is good for a few minutes."},
    Row{ErrorCode::invitation_used, 409, "invitation_used",
        "The invitation has been used already, or was cancelled. Ask for a new one."},
    Row{ErrorCode::code_damaged, 400, "code_damaged",
        "A part of it is missing, or it was altered. Copy the whole link, or scan the code once more."},
    Row{ErrorCode::recovery_invalid, 400, "recovery_invalid",
        "The recovery file and the recovery code do not open each other. Check the code letter by letter."},
    Row{ErrorCode::no_realm_key, 503, "no_realm_key",
        "This device has no key yet that all other devices can read. Wait until it has met one of them."},
    Row{ErrorCode::peer_offline, 404, "peer_offline", "That device is not connected. Try again when it is online."},
    Row{ErrorCode::superseded, 409, "superseded",
        "This device connected again from elsewhere, and the newer connection is the one in use."},
    Row{ErrorCode::slow_consumer, 429, "slow_consumer",
        "The connection did not read what was sent to it. Connect again when the network is better."},
    Row{ErrorCode::storage_failed, 503, "storage_failed",
        "The change could not be stored and has not been made. Free some space, then try again."},
    Row{ErrorCode::offline, 503, "offline", "The server cannot be reached. Check the network; it is tried again."},
    Row{ErrorCode::bad_reply, 502, "bad_reply", "The answer could not be understood. Update skypod on both ends."},
    Row{ErrorCode::feed_failed, 502, "feed_failed", "The feed was not added or refreshed; what was there stays."},
    Row{ErrorCode::private_feed, 403, "private_feed",
        "This feed is private, so the server was not asked for it: only your own devices fetch it. Keep a \"skypod "
        "peer\" "
        "running to follow it from a browser, or allow the server in the feed's settings."},
    Row{ErrorCode::login_feed, 403, "login_feed",
        "This feed wants a name and password, which only your own devices may know, and its host takes them from no "
        "browser. Keep a \"skypod peer\" running to follow it here."},
    Row{ErrorCode::login_refused, 502, "login_refused",
        "The feed's host wants a name and password, or does not take these. Add the feed again with the right ones in "
        "its address: https://NAME:PASSWORD@example.org/feed."},
    Row{ErrorCode::file_failed, 502, "file_failed", "The file could not be fetched. Try again later."},
    Row{ErrorCode::file_closed, 403, "file_closed",
        "This feed is private, so only your own devices fetch its files, and this file's host cannot be reached or "
        "lets no browser read it. Keep a \"skypod peer\" running, which fetches it for this device."},
    Row{ErrorCode::queue_full, 429, "queue_full",
        "Too much is waiting for that device already. Try again when it has been online."},
    Row{ErrorCode::bad_input, 400, "bad_input", "Nothing was changed. Correct it and try again."},
    Row{ErrorCode::internal, 500, "internal", "Something went wrong that should not. Please report it."},
};

const Row& row_of(ErrorCode code) {
  for (const Row& row : rows) {
    if (row.code == code) return row;
  }
  return rows.back();
}

}  // namespace

int status_of(ErrorCode code) {
  return row_of(code).status;
}

std::string_view name_of(ErrorCode code) {
  return row_of(code).name;
}

ErrorCode code_named(std::string_view name) {
  for (const Row& row : rows) {
    if (row.name == name) return row.code;
  }
  return ErrorCode::internal;
}

std::string sentence_of(const Error& error) {
  const std::string_view general = row_of(error.code).sentence;
  return error.detail.empty() ? std::string(general) : error.detail + " " + std::string(general);
}

Json error_to_json(const Error& error) {
  Json json = {{"status", status_of(error.code)}, {"code", name_of(error.code)}, {"message", sentence_of(error)}};
  if (!error.reason.empty()) json["reason"] = error.reason;
  return json;
}

Error error_from_json(const Json& dat) {
  Fields fields(dat);
  const ErrorCode code = code_named(fields.text("code", 64));
  const std::string message = fields.text("message", 1024);
  const std::string reason = fields.optional_text("reason", 64);
  const std::string_view general = row_of(code).sentence;
  std::string_view detail = fields.ok() ? message : std::string_view();
  if (detail.ends_with(general)) detail.remove_suffix(general.size());
  while (detail.ends_with(' ')) detail.remove_suffix(1);
  return {code, std::string(detail), fields.ok() ? reason : ""};
}

}  // namespace skypod::wire
