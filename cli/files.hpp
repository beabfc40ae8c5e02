// What people keep in files: read whole, and written so that a file is the old one or the new one, never a half.
#pragma once

#include <string>

namespace skypod::cli {

/// The file's octets, or standard input's for "-". Throws Failure if it cannot be read or has more than `most` octets.
std::string read_file(const std::string& name, std::size_t most);

/// Writes a file that only its owner can read, or to standard output for "-". Throws Failure if it cannot be written,
/// or is there already and may not be replaced.
void write_file(const std::string& name, const std::string& octets, bool replace);

/// Asks for a secret at the terminal, without showing it; `again`: twice. Reads a line where there is no terminal.
/// Throws Failure if there is none, or the two differ.
std::string read_secret(const std::string& what, bool again);

}  // namespace skypod::cli
