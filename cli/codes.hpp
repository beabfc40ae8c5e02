// Pairing codes as they travel: typed, pasted, as a link, or cut into the frames of QR codes. The app's counterparts
// are web/src/pairing/codes.ts and frames.ts; each reads what the other writes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace skypod::cli {

/// `device`: a registration, shown by the device that wants to join. `join`: the invitation made for it.
enum class CodeKind { device, join };

/// Characters of text in one frame, frames of one text, and so characters of a code.
inline constexpr std::size_t chunk_max = 272;
inline constexpr std::size_t frames_max = 64;
inline constexpr std::size_t code_max = chunk_max * frames_max;

/// What QR frames carry: "device=…" or "join=…".
std::string tag(CodeKind kind, std::string_view code);

/// The link that opens the code in the app of the server.
std::string link(CodeKind kind, std::string_view code, const std::string& server_url);

/// Gets the code out of a link, a tagged code or a bare code; blanks that messengers put in are dropped. Else a
/// sentence that says what it was and what is wanted.
Result<std::string, std::string> read_code(CodeKind kind, std::string_view text);

/// The server that a link leads to, "https://pod.example"; "" if the text is no link.
std::string server_of_link(std::string_view text);

/// The frames of a text of visible ASCII, 1 to code_max letters: "skypod1 1/2 CHECKSUM CHUNK".
std::vector<std::string> to_frames(std::string_view text);

}  // namespace skypod::cli
