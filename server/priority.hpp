// Whose thread goes first on a busy machine. Needs no privileges; a kernel that refuses changes nothing.
#pragma once

namespace skypod::server {

/// The calling thread has much to do and nothing urgent: whoever is woken for a member interrupts it. It still gets a
/// share of a busy machine.
void give_way_to_members();

/// The calling thread has little to do at a time, and wants to begin at once.
void serve_promptly();

}  // namespace skypod::server
