// QR codes in a terminal.
#pragma once

#include <string>

namespace skypod::cli {

/// The text as a QR symbol with its quiet zone, two modules a letter (half blocks), one line of the terminal a row; ""
/// if it is too long. Always dark on white by the terminal's colours, whatever its own are: many readers do not find
/// inverted symbols.
std::string render_qr(const std::string& text);

}  // namespace skypod::cli
