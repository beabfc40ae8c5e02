// What a decoder that a stranger's picture has taken over could still do: nothing but compute.
#pragma once

namespace skypod::server::pictures {

/// Bounds the process: 1 GiB of addresses, no new files, programs, sockets or privileges. False if the kernel refuses.
bool enter_sandbox();

}  // namespace skypod::server::pictures
