#include "tools/tidy/tree.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>

namespace skypod::tidy {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> skipped_folders = {".git", "build", "dist", "node_modules"};

/// As one word for the shell, whatever is in it.
std::string shell_word(const std::string& text) {
  std::string out = "'";
  for (const char letter : text) {
    out += letter == '\'' ? "'\\''" : std::string(1, letter);
  }
  return out + "'";
}

/// What a command prints; nothing if it fails.
std::optional<std::string> output_of(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) {
    return std::nullopt;
  }
  std::string out;
  std::array<char, 4096> block{};
  for (std::size_t count = 0; (count = std::fread(block.data(), 1, block.size(), pipe)) > 0;) {
    out.append(block.data(), count);
  }
  return pclose(pipe) == 0 ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<std::vector<std::string>> list_with_git(const fs::path& root) {
  if (!fs::exists(root / ".git")) {
    return std::nullopt;
  }
  // A git hook exports where its own repository is, which would answer for the wrong tree.
  const auto listing =
      output_of("env -u GIT_DIR -u GIT_WORK_TREE -u GIT_INDEX_FILE git -C " + shell_word(root.string()) +
                " ls-files -z --cached --others --exclude-standard 2>/dev/null");
  if (!listing) {
    return std::nullopt;
  }
  std::vector<std::string> paths;
  std::istringstream stream(*listing);
  for (std::string path; std::getline(stream, path, '\0');) {
    paths.push_back(path);
  }
  return paths;
}

std::vector<std::string> list_by_walking(const fs::path& root) {
  std::vector<std::string> paths;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::recursive_directory_iterator(); ++entry) {
    const std::string name = entry->path().filename().string();
    if (entry->is_directory() && std::ranges::find(skipped_folders, name) != skipped_folders.end()) {
      entry.disable_recursion_pending();
    } else if (entry->symlink_status().type() == fs::file_type::regular) {
      paths.push_back(entry->path().lexically_relative(root).generic_string());
    }
  }
  return paths;
}

std::optional<std::string> read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream out;
  out << stream.rdbuf();
  return stream ? std::optional(std::move(out).str()) : std::nullopt;
}

}  // namespace

std::expected<std::vector<File>, std::string> read_tree(const fs::path& root) {
  std::error_code error;
  if (!fs::is_directory(root, error)) {
    return std::unexpected(root.string() + " is not a folder that can be read; give the top of the tree as --root DIR");
  }
  const auto listed = list_with_git(root);
  std::vector<File> files;
  for (const std::string& path : listed ? *listed : list_by_walking(root)) {
    if (fs::symlink_status(root / path, error).type() != fs::file_type::regular) {
      continue;  // a link, a submodule, or deleted but not yet committed
    }
    auto text = read_file(root / path);
    if (!text) {
      return std::unexpected(path + " cannot be read; check its permissions");
    }
    files.push_back({path, *std::move(text)});
  }
  return files;
}

}  // namespace skypod::tidy
