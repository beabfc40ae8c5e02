// Showing a pairing code to a person, and taking the one that comes back.
#pragma once

#include <string>

#include "cli/codes.hpp"
#include "core/wire/json.hpp"

namespace skypod::cli {

/// Prints the code as a link; on a terminal also as QR codes, which take turns where there are several.
/// `wants_answer`: then waits for a line on standard input and answers it; throws Failure if there is none.
std::string show_code(CodeKind kind, const std::string& code, const std::string& server_url, bool wants_answer);

/// Pictures of a code ({emoji, name}) as a line for people, who compare them on two screens.
std::string picture_line(const wire::Json& pictures);

/// Asks a yes-or-no question on a terminal; where nobody is to answer, that is a yes. Throws Failure with `otherwise`
/// for a no.
void confirm(const std::string& question, const std::string& otherwise);

/// A line from standard input; throws Failure saying that `what` was expected if there is none.
std::string read_line(const std::string& what);

}  // namespace skypod::cli
