// What of a request reaches a stranger's server, and what of its answer reaches the client: nothing that tells who
// asks, and nothing that would act in this server's name. Fields that nobody has heard of pass, as HTTP wants it.
#pragma once

#include "native/fetch.hpp"

namespace skypod::server {

/// The client's fields as the origin sees them: without those of one connection, those that say who or where the client
/// is, whatever proxies before us call it, and credentials.
HttpFields upward(const HttpFields& request);

/// The origin's fields as the client sees them: without those of one connection, those that browsers would take for
/// orders of this server (cookies, storage, policies, logins, reports, what to load), and its length, which is ours to
/// say.
HttpFields downward(const HttpFields& answer);

}  // namespace skypod::server
