#include "rtc/ice/tls_tunnel.hpp"

#include <utility>

namespace skypod::rtc::ice {
namespace {

/// The server's certificate must come from one of these; if they cannot be read, from the machine's.
void trust(GSocketClientEvent event, GIOStream* connection, const std::string& authorities) {
  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING || authorities.empty()) {
    return;
  }
  GTlsDatabase* database = g_tls_file_database_new(authorities.c_str(), nullptr);
  if (database != nullptr) {
    g_tls_connection_set_database(G_TLS_CONNECTION(connection), database);
    g_object_unref(database);
  }
}

/// What is needed from the connection to the server on; freed when both ends are joined or there is no server.
struct Joining {
  GSocketConnection* local;
  GCancellable* ended;
};

/// Copies both ways until either end closes or the tunnel is gone.
void join(GObject* client, GAsyncResult* result, gpointer data) {
  auto* joining = static_cast<Joining*>(data);
  GSocketConnection* remote = g_socket_client_connect_to_host_finish(G_SOCKET_CLIENT(client), result, nullptr);
  if (remote != nullptr) {
    constexpr auto flags =
        static_cast<GIOStreamSpliceFlags>(G_IO_STREAM_SPLICE_CLOSE_STREAM1 | G_IO_STREAM_SPLICE_CLOSE_STREAM2);
    g_io_stream_splice_async(G_IO_STREAM(joining->local), G_IO_STREAM(remote), flags, G_PRIORITY_DEFAULT,
                             joining->ended, nullptr, nullptr);
    g_object_unref(remote);
  } else {
    g_io_stream_close(G_IO_STREAM(joining->local), nullptr, nullptr);
  }
  g_object_unref(joining->local);
  g_object_unref(joining->ended);
  delete joining;
}

}  // namespace

TlsTunnel::TlsTunnel(std::string host, std::uint16_t port, std::string authorities)
    : host_(std::move(host)),
      server_port_(port),
      authorities_(std::move(authorities)),
      ended_(g_cancellable_new()),
      service_(g_socket_service_new()) {
  GInetAddress* loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
  GSocketAddress* wanted = g_inet_socket_address_new(loopback, 0);
  GSocketAddress* got = nullptr;
  if (g_socket_listener_add_address(G_SOCKET_LISTENER(service_), wanted, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                    nullptr, &got, nullptr)) {
    port_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(got));
    g_object_unref(got);
  }
  g_object_unref(wanted);
  g_object_unref(loopback);
  const auto incoming = [](GSocketService*, GSocketConnection* local, GObject*, gpointer self) -> gboolean {
    static_cast<TlsTunnel*>(self)->accept(local);
    return TRUE;
  };
  g_signal_connect(service_, "incoming", G_CALLBACK(+incoming), this);
}

TlsTunnel::~TlsTunnel() {
  g_signal_handlers_disconnect_by_data(service_, this);
  g_cancellable_cancel(ended_);
  g_socket_service_stop(service_);
  g_socket_listener_close(G_SOCKET_LISTENER(service_));
  g_object_unref(service_);
  g_object_unref(ended_);
}

void TlsTunnel::accept(GSocketConnection* local) {
  GSocketClient* client = g_socket_client_new();
  g_socket_client_set_tls(client, TRUE);
  g_socket_client_set_enable_proxy(client, FALSE);
  g_socket_client_set_timeout(client, 10);  // seconds
  const auto happened = [](GSocketClient*, GSocketClientEvent event, GSocketConnectable*, GIOStream* connection,
                           gpointer authorities) {
    trust(event, connection, *static_cast<const std::string*>(authorities));
  };
  const auto forget = [](gpointer authorities, GClosure*) { delete static_cast<std::string*>(authorities); };
  g_signal_connect_data(client, "event", G_CALLBACK(+happened), new std::string(authorities_), +forget,
                        static_cast<GConnectFlags>(0));
  auto* joining = new Joining{G_SOCKET_CONNECTION(g_object_ref(local)), G_CANCELLABLE(g_object_ref(ended_))};
  g_socket_client_connect_to_host_async(client, host_.c_str(), server_port_, ended_, join, joining);
  g_object_unref(client);
}

}  // namespace skypod::rtc::ice
