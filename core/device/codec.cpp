#include "core/device/codec.hpp"

#include "core/wire/fields.hpp"

namespace skypod::device {
namespace {

constexpr std::size_t frame_max = 16 * 1024 * 1024;  // octets; the host bounds what comes from a network before this
constexpr std::int64_t id_max = INT64_MAX;

/// Answers hold thousands of rows, so they are moved out of the input.
Answer read_answer(Json& object) {
  const auto error = object.find("error");
  if (error != object.end()) {
    wire::Fields fields(*error);
    const std::string code = fields.text("code", 64);
    return unexpected(Error{wire::code_named(code), fields.optional_text("detail", 1024)});
  }
  const auto value = object.find("value");
  return value == object.end() ? Json() : std::move(*value);
}

std::optional<Input> read_rtc(std::string_view kind, wire::Fields& fields) {
  const auto rtc = static_cast<RtcId>(fields.integer("rtc", 1, UINT32_MAX));
  if (kind == "rtc.local") {
    const bool is_offer = fields.boolean("isOffer", false);
    return in::RtcLocal{rtc, is_offer, fields.text("sdp", wire::limit::sdp_max)};
  }
  if (kind == "rtc.candidate") {
    return in::RtcCandidate{rtc, wire::Candidate{.connection_id = "",
                                                 .candidate = fields.optional_text("candidate", 1024),
                                                 .mid = fields.optional_text("mid", 32),
                                                 .line = fields.integer("line", 0, 255)}};
  }
  if (kind == "rtc.opened") return in::RtcOpened{rtc};
  if (kind == "rtc.message") return in::RtcMessage{rtc, fields.octets("octets", frame_max)};
  if (kind == "rtc.path") return in::RtcPath{rtc, fields.boolean("byTurn", false)};
  if (kind == "rtc.drained") return in::RtcDrained{rtc};
  if (kind == "rtc.doubtful") return in::RtcDoubtful{rtc};
  if (kind == "rtc.failed") return in::RtcFailed{rtc};
  return std::nullopt;
}

std::optional<Input> read_kind(std::string_view kind, Json& object, wire::Fields& fields) {
  if (kind == "answered") {
    const auto id = static_cast<std::uint64_t>(fields.integer("id", 1, id_max));
    return in::Answered{id, read_answer(object)};
  }
  if (kind == "command") {
    const auto id = static_cast<std::uint64_t>(fields.integer("id", 0, id_max));
    const std::string name = fields.text("name", 64);
    return in::Command{id, name, fields.object("args")};
  }
  if (kind == "link.opened") return in::LinkOpened{};
  if (kind == "link.frame") return in::LinkFrame{fields.optional_text("text", frame_max)};
  if (kind == "link.closed") return in::LinkClosed{};
  if (kind == "nudge") return in::Nudge{};
  if (kind == "tick") return in::Tick{};
  return read_rtc(kind, fields);
}

struct AskWriter {
  Json operator()(const core::ask::Sign& it) const { return {{"ask", "sign"}, {"payload", wire::to_json(it.payload)}}; }
  Json operator()(const core::ask::Verify& it) const {
    return {{"ask", "verify"}, {"token", it.token}, {"jwk", it.jwk}, {"identity", it.identity}};
  }
  Json operator()(const core::ask::Thumbprint& it) const { return {{"ask", "thumbprint"}, {"jwk", it.jwk}}; }
  Json operator()(const core::ask::Seal& it) const {
    return {{"ask", "seal"}, {"jwk", it.jwk}, {"plaintext", wire::binary(it.plaintext.reveal())}};
  }
  Json operator()(const core::ask::SealAll& it) const {
    Json recipients = Json::array();
    for (const auto& [identity, jwk] : it.recipients) recipients.push_back({{"identity", identity}, {"jwk", jwk}});
    return {
        {"ask", "sealAll"}, {"recipients", std::move(recipients)}, {"plaintext", wire::binary(it.plaintext.reveal())}};
  }
  Json operator()(const core::ask::Unseal& it) const { return {{"ask", "unseal"}, {"jwe", it.jwe}}; }
  Json operator()(const core::ask::Encrypt& it) const {
    return {{"ask", "encrypt"},
            {"key", wire::binary(it.key.reveal())},
            {"kid", it.kid},
            {"plaintext", wire::binary(it.plaintext)}};
  }
  Json operator()(const core::ask::Decrypt& it) const {
    return {{"ask", "decrypt"}, {"key", wire::binary(it.key.reveal())}, {"jwe", it.jwe}};
  }
  Json operator()(const core::ask::Stretch& it) const {
    return {{"ask", "stretch"},
            {"secret", wire::binary(it.secret.reveal())},
            {"salt", wire::binary(it.salt)},
            {"rounds", it.rounds}};
  }
  Json operator()(const core::ask::MakeKey&) const { return {{"ask", "makeKey"}}; }
  Json operator()(const core::ask::SignAs& it) const {
    return {{"ask", "signAs"}, {"jwk", it.jwk.reveal()}, {"payload", wire::to_json(it.payload)}};
  }
  Json operator()(const core::ask::Entropy& it) const { return {{"ask", "entropy"}, {"count", it.count}}; }
  Json operator()(core::ask::Database& it) const {
    Json statements = Json::array();
    for (auto& [sql, params, many] : it.statements) {
      statements.push_back({{"sql", std::move(sql)}, {"params", std::move(params)}, {"many", many}});
    }
    return {{"ask", "database"}, {"statements", std::move(statements)}};
  }
  Json operator()(const core::ask::Fetch& it) const {
    return {{"ask", "fetch"}, {"path", it.path}, {"token", it.token}};
  }
  Json operator()(const core::ask::Direct& it) const {
    return {{"ask", "direct"}, {"url", it.url}, {"authorization", it.authorization.reveal()}};
  }
  Json operator()(const core::ask::File& it) const {
    return {{"ask", "file"},
            {"url", it.url},
            {"authorization", it.authorization.reveal()},
            {"from", it.from},
            {"count", it.count}};
  }
};

Json write_ask(core::Ask& ask) {
  return std::visit(AskWriter{}, ask);
}

struct OutputWriter {
  Json operator()(core::out::Asked& it) const {
    Json object = write_ask(it.ask);
    object["out"] = "ask";
    object["id"] = it.id;
    return object;
  }
  Json operator()(const core::out::LinkOpen&) const { return {{"out", "link.open"}}; }
  Json operator()(const core::out::LinkSend& it) const { return {{"out", "link.send"}, {"text", it.text}}; }
  Json operator()(const core::out::LinkClose&) const { return {{"out", "link.close"}}; }
  Json operator()(const core::out::RtcOpen& it) const {
    return {{"out", "rtc.open"}, {"rtc", it.rtc}, {"iceServers", it.ice_servers}};
  }
  Json operator()(const core::out::RtcOffer& it) const {
    return {{"out", "rtc.offer"}, {"rtc", it.rtc}, {"restart", it.restart}};
  }
  Json operator()(const core::out::RtcRemote& it) const {
    return {{"out", "rtc.remote"}, {"rtc", it.rtc}, {"isOffer", it.is_offer}, {"sdp", it.sdp}};
  }
  Json operator()(const core::out::RtcCandidate& it) const {
    return {{"out", "rtc.candidate"}, {"rtc", it.rtc}, {"candidate", it.candidate}, {"mid", it.mid}, {"line", it.line}};
  }
  Json operator()(const core::out::RtcSend& it) const {
    return {{"out", "rtc.send"},
            {"rtc", it.rtc},
            {"octets", wire::binary(it.octets)},
            {"reportDrained", it.report_drained}};
  }
  Json operator()(const core::out::RtcClose& it) const { return {{"out", "rtc.close"}, {"rtc", it.rtc}}; }
  Json operator()(core::out::Told& it) const {
    return {{"out", "told"}, {"name", it.name}, {"dat", std::move(it.dat)}};
  }
  Json operator()(core::out::Replied& it) const {
    if (it.answer) return {{"out", "replied"}, {"id", it.id}, {"value", std::move(*it.answer)}};
    return {{"out", "replied"}, {"id", it.id}, {"error", wire::error_to_json(it.answer.error())}};
  }
};

}  // namespace

std::optional<Start> read_start(const Json& object) {
  wire::Fields fields(object);
  const bool is_start = fields.text("in", 32) == "start";
  Start start{.entropy = fields.octets("entropy", 32),
              .identity = {.id = fields.text("id", 43),
                           .pubkey = nullptr,
                           .name = fields.optional_text("name", wire::limit::name_max)},
              .traits = {.server = fields.optional_text("server", library::url_max),
                         .serves_feeds = fields.boolean("servesFeeds", false)}};
  const auto pubkey = wire::read_public_key(fields.object("pubkey"));
  if (!fields.ok() || !is_start || !pubkey || start.entropy.size() != 32) {
    return std::nullopt;
  }
  start.identity.pubkey = *pubkey;
  return start;
}

std::optional<Input> read_input(Json object) {
  wire::Fields fields(object);
  const std::string kind = fields.text("in", 32);
  auto input = fields.ok() ? read_kind(kind, object, fields) : std::nullopt;
  return fields.ok() ? std::move(input) : std::nullopt;
}

std::optional<TimeMs> read_now(const Json& object) {
  wire::Fields fields(object);
  const TimeMs now = fields.integer("now", 0, INT64_MAX);
  return fields.ok() ? std::optional(now) : std::nullopt;
}

Json write_output(core::Output output) {
  return std::visit(OutputWriter{}, output);
}

Json write_outputs(std::vector<core::Output> outputs, std::optional<TimeMs> deadline) {
  Json list = Json::array();
  for (core::Output& output : outputs) list.push_back(write_output(std::move(output)));
  return {{"outputs", std::move(list)}, {"deadline", deadline ? Json(*deadline) : Json()}};
}

}  // namespace skypod::device
