// How programs talk to a peer: one JSON object a line, in UTF-8, commands of at most request_max octets. The same lines
// go over the Unix socket `peer.sock` in the data directory and, with `skypod peer --json`, over its standard input and
// output.
//
//   to the peer      {"id": 1, "name": "message.send", "args": {"text": "hello", "to": null, "mode": "relay"}}
//   from the peer    {"reply": 1, "ok": {…}}                          the command's answer
//                    {"reply": 1, "error": {"status": 503, "code": "offline", "message": "…"}}
//                    {"event": "device", "dat": {…}}                  what happens meanwhile
//
// `id` is a whole number of the program's choice and `args` may be left out. A line that cannot be read is answered
// with the error bad_input and "reply": null. Replies come in the order in which the commands are done. The end of
// standard input is the end of commands only; once nobody reads its standard output, the peer stops.
//
// Commands and events are those of web/src/protocol.ts, and
//   host.watch {} → {}         sends events from now on, beginning with the present "host.ready", "device", "peers" and
//                              "host.link". On standard output events are always sent.
//   host.status {} → {id, server, data, process, device, peers, problem}
//   host.check {} → {version} or {problem}     asks the server whether it is there and a skypod server
//   event host.ready {id, server, data, process}   the first line of `skypod peer --json`
//   event host.link {problem}                      why there is no connection to the server; "" once there is
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/ports.hpp"

namespace skypod::peer {

/// Most octets of one command: a backup to be restored is the longest.
inline constexpr std::size_t request_max = 32U << 20U;

/// A command as it was read.
struct Request {
  std::int64_t id = 0;
  std::string name;
  wire::Json args;
};

/// Reads a line without its end.
Result<Request, core::Error> read_request(std::string_view line);

/// Lines for a program, each with its end.
std::string event_line(const std::string& event, const wire::Json& dat);
std::string reply_line(std::int64_t id, const core::Answer& answer);
/// The answer to a line that was no command.
std::string refusal_line(const core::Error& error);

}  // namespace skypod::peer
