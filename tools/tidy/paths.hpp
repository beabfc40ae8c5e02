// What a path says about a file: which language it is in, whether it is a test, whether it is data that others wrote.
#pragma once

#include <string>
#include <string_view>

namespace skypod::tidy {

enum class Language { cpp, typescript, other };

/// By the name's ending. JavaScript counts as TypeScript: it is scanned the same way.
Language language_of(std::string_view path);

/// The name's ending without its dot, or the whole name where there is none ("Makefile").
std::string_view extension(std::string_view path);

/// Everything after the last slash.
std::string_view file_name(std::string_view path);

/// Everything before the first slash; empty for a file at the root.
std::string_view top_folder(std::string_view path);

/// True for `folder` itself and for whatever lies below it.
bool is_under(std::string_view path, std::string_view folder);

/// True for a header of C or C++.
bool is_header(std::string_view path);

/// True for x_test.cpp, x.test.ts and their like.
bool is_unit_test(std::string_view path);

/// True for recorded input (fixtures, vectors, corpora), which keeps the style it came with.
bool is_data(std::string_view path);

/// `path` with "." and ".." resolved; empty if it climbs out of the tree.
std::string normalise(std::string_view path);

}  // namespace skypod::tidy
