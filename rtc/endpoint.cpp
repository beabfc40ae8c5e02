#include "rtc/endpoint.hpp"

#include <utility>
#include <variant>
#include <vector>

#include "rtc/connection/connection.hpp"
#include "rtc/runtime.hpp"

namespace skypod::rtc {

/// The part that lives on the loop's thread.
class Endpoint::Inside {
 public:
  Inside(Runtime& runtime, Sink sink, Options options)
      : runtime_(runtime), sink_(std::move(sink)), options_(std::move(options)) {}

  void open(Id id, std::vector<ice::Server> servers, channel::Buffered buffered) {
    ConnectionSettings settings{
        .ice = {options_.bind_address, options_.relay_only, std::move(servers), options_.authorities},
        .connect_max_ms = options_.connect_max_ms,
        .low_water = options_.low_water,
        .buffer_max = options_.buffer_max};
    connections_[id] = std::make_unique<Connection>(runtime_.loop(), runtime_.stack(), id, std::move(settings),
                                                    std::move(buffered), [this](Event event) { on_event(event); });
  }

  Connection* find(Id id) {
    const auto found = connections_.find(id);
    return found == connections_.end() ? nullptr : found->second.get();
  }

  void close(Id id) { connections_.erase(id); }
  void close_all() { connections_.clear(); }

 private:
  /// A connection that has failed is still in the middle of saying so; it is destroyed once it has returned.
  void on_event(Event& event) {
    if (std::holds_alternative<event::Failed>(event)) {
      auto ended = connections_.extract(id_of(event));
      if (!ended.empty()) {
        std::shared_ptr<Connection> last = std::move(ended.mapped());
        runtime_.loop().post([last]() mutable { last.reset(); });
      }
    }
    sink_(std::move(event));
  }

  Runtime& runtime_;
  Sink sink_;
  Options options_;
  std::unordered_map<Id, std::unique_ptr<Connection>> connections_;
};

Endpoint::Endpoint(Sink sink, Options options)
    : runtime_(Runtime::get()), inside_(std::make_shared<Inside>(*runtime_, std::move(sink), std::move(options))) {}

Endpoint::~Endpoint() {
  runtime_->loop().run([this] { inside_->close_all(); });
}

void Endpoint::open(Id id, const wire::Json& ice_servers) {
  auto buffered = std::make_shared<std::atomic<std::size_t>>(0);
  buffered_[id] = buffered;
  runtime_->loop().post([inside = inside_, id, servers = ice::read_servers(ice_servers), buffered]() mutable {
    inside->close(id);
    inside->open(id, std::move(servers), std::move(buffered));
  });
}

void Endpoint::offer(Id id, bool restart) {
  with(id, [restart](Connection& connection) { connection.offer(restart); });
}

void Endpoint::remote(Id id, bool is_offer, std::string sdp) {
  with(id, [is_offer, sdp = std::move(sdp)](Connection& connection) { connection.remote(is_offer, sdp); });
}

void Endpoint::candidate(Id id, std::string candidate, std::string /*mid*/, std::int64_t /*line*/) {
  with(id, [candidate = std::move(candidate)](Connection& connection) { connection.candidate(candidate); });
}

void Endpoint::send(Id id, Bytes octets, bool report_drained) {
  const auto found = buffered_.find(id);
  if (found == buffered_.end()) {
    return;
  }
  found->second->fetch_add(octets.size(), std::memory_order_relaxed);
  with(id, [octets = std::move(octets), report_drained](Connection& connection) mutable {
    connection.send(std::move(octets), report_drained);
  });
}

void Endpoint::close(Id id) {
  buffered_.erase(id);
  runtime_->loop().post([inside = inside_, id] { inside->close(id); });
}

std::size_t Endpoint::buffered(Id id) const {
  const auto found = buffered_.find(id);
  return found == buffered_.end() ? 0 : found->second->load(std::memory_order_relaxed);
}

/// Leaves work for the loop's thread, on a connection if it is still there.
void Endpoint::with(Id id, std::function<void(Connection&)> work) {
  runtime_->loop().post([inside = inside_, id, work = std::move(work)] {
    if (Connection* connection = inside->find(id)) {
      work(*connection);
    }
  });
}

}  // namespace skypod::rtc
