// Audio and video of strangers, passed on as they come: for players that their hosts do not let read (CORS), for
// seeking, and for a device that must not be seen there. Nothing of it is kept.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "native/feed_loader.hpp"
#include "native/fetcher.hpp"
#include "server/reply.hpp"

namespace skypod::server {

/// The answer with a flow, behind all redirects. Range and conditions go to the host, and its answer to them comes
/// back. 422 not_media for what is neither audio nor video by its Content-Type; otherwise fails as get_document() does.
boost::asio::awaitable<Result<Reply, ServiceError>> pass_media(Fetcher& fetcher, const Request& request,
                                                               std::string url);

}  // namespace skypod::server
