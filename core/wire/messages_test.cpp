#include "core/wire/messages.hpp"

#include <gtest/gtest.h>

namespace skypod::wire {
namespace {

const std::string alice(43, 'A');
const std::string bob = std::string(42, 'B') + "A";
const std::string statement = "e30.e30." + std::string(86, 'A');
const Json key = {{"kty", "EC"}, {"crv", "P-256"}, {"x", std::string(43, 'A')}, {"y", std::string(43, 'A')}};

/// Writing and reading again gives the same payload, and every member that is taken away or replaced is noticed unless
/// it is one of `optional`.
template <class Message>
void expect_strict(const Message& message, const std::vector<std::string>& optional = {}) {
  const Json dat = message.write();
  const auto again = Message::read(dat);
  ASSERT_TRUE(again) << sentence_of(again.error());
  EXPECT_EQ(again->write(), dat);
  for (const auto& [name, value] : dat.items()) {
    Json wrong = dat;
    wrong[name] = Json::array({Json::array({1})});
    EXPECT_FALSE(Message::read(wrong)) << name << " of the wrong kind in " << to_json(dat);
    Json without = dat;
    without.erase(name);
    const bool may_be_absent = std::ranges::find(optional, name) != optional.end();
    EXPECT_EQ(Message::read(without).has_value(), may_be_absent) << "without " << name << " in " << to_json(dat);
  }
  EXPECT_FALSE(Message::read(nullptr));
  EXPECT_FALSE(Message::read(Json::array()));
}

TEST(Messages, EveryPayloadIsStrict) {
  expect_strict(Challenge{.nonce = "n", .time_ms = 1});
  expect_strict(Register{.pubkey = key, .genesis = statement});
  expect_strict(Exchange{.pubkey = key, .invitation = statement});
  expect_strict(Welcome{.peers = {bob}, .identities = {{alice, key}}, .ledger = {statement}});
  expect_strict(PeerJoined{.identity = alice, .pubkey = key, .statement = statement, .peers = {alice, bob}});
  expect_strict(PeerLeft{.identity = alice});
  expect_strict(Signal{.token = statement, .localid = alice, .remoteid = bob});
  expect_strict(Broadcast{.payload = "x", .recipients = {bob}, .skip_self = false}, {"recipients", "skipSelf"});
  expect_strict(Delivered{.payload = "x", .sender = alice});
  expect_strict(KeyStatement{.pubkey = key, .name = "phone"}, {"name"});
  expect_strict(Description{.connection_id = "c", .sdp = "v=0"});
  expect_strict(PeerState{.connection_id = "c", .state = "closed"});
  expect_strict(RequestConnection{.polite = false}, {"polite"});
}

TEST(Messages, StatusNamesItsLimits) {
  const Status status{.members = {alice}, .peers = {}, .frame_max = limit::frame_max, .ice_servers = Json::array()};
  const auto again = Status::read(status.write());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->frame_max, limit::frame_max);
}

TEST(Messages, TooManyMembersAreRefused) {
  Welcome welcome{.peers = std::vector<std::string>(limit::members_max + 1, bob), .identities = {}, .ledger = {}};
  EXPECT_FALSE(Welcome::read(welcome.write()));
}

TEST(Envelope, TextAndOctetsMeanTheSame) {
  const Envelope message = request("realm.broadcast", 7, {{"payload", "x"}});
  EXPECT_EQ(to_text(message), R"({"dat":{"payload":"x"},"msg":"realm.broadcast","seq":7,"typ":"req"})");
  EXPECT_EQ(parse_text(to_text(message)), message);
  EXPECT_EQ(parse_octets(to_octets(message)), message);
}

TEST(Envelope, SaysWhatIsWrong) {
  EXPECT_EQ(parse_text("garbage").error().code, ErrorCode::bad_frame);
  EXPECT_EQ(parse_text("[]").error().code, ErrorCode::bad_frame);
  EXPECT_EQ(parse_text(R"({"typ":"ask","msg":"x"})").error().code, ErrorCode::bad_message);
  EXPECT_EQ(parse_text(R"({"typ":"req","msg":"x","dat":[]})").error().code, ErrorCode::bad_message);
  EXPECT_EQ(parse_text(R"({"typ":"req","msg":"x","seq":-1})").error().code, ErrorCode::bad_message);
  EXPECT_EQ(parse_text(R"({"typ":"req","msg":"x","seq":1.0})")->seq, 1);
}

TEST(Error, TravelsAsStatusCodeAndSentence) {
  const Error error{ErrorCode::not_a_member, ""};
  const Json dat = error_to_json(error);
  EXPECT_EQ(dat["status"], 403);
  EXPECT_EQ(dat["code"], "not_a_member");
  EXPECT_EQ(error_from_json(dat), error);
  EXPECT_FALSE(dat.contains("reason"));
  EXPECT_EQ(error_from_json(nullptr).code, ErrorCode::internal);
}

TEST(Error, TravelsWithItsReason) {
  const Error error{ErrorCode::feed_failed, "No such host.", "name_not_found"};
  Json dat = error_to_json(error);
  EXPECT_EQ(dat["reason"], "name_not_found");
  EXPECT_EQ(error_from_json(dat), error);
  dat["reason"] = 7;
  EXPECT_EQ(error_from_json(dat).reason, "");
}

}  // namespace
}  // namespace skypod::wire
