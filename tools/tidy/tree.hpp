// Reads the files that belong to the project from disk.
#pragma once

#include <expected>
#include <filesystem>

#include "tools/tidy/tidy.hpp"

namespace skypod::tidy {

/// The regular files below `root`: those that git tracks or would track, or, where `root` is not the top of a git
/// checkout or git does not answer, all but hidden version control, build/, dist/ and node_modules/. Links are not
/// followed. Otherwise a sentence for people.
std::expected<std::vector<File>, std::string> read_tree(const std::filesystem::path& root);

}  // namespace skypod::tidy
