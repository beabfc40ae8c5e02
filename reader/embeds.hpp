// What needs another site's player or a script to be seen, said in plain HTML: a video becomes a link to its page. Only
// hosts that are known and that serve a page for each video; all other frames are left to be taken out.
#pragma once

#include <string_view>

#include "reader/dom.hpp"

namespace skypod::reader {

/// True if a document may have something to replace; cheap.
bool may_have_embeds(std::string_view html);

/// Replaces them in place. Each link stands in a caption, which plain text leaves out.
void replace_embeds(Document& document);

}  // namespace skypod::reader
