#include "core/ports.hpp"

#include "base/base64url.hpp"

namespace skypod::core {

std::string Host::fresh_id() {
  return base64url_encode(random_.bytes(16));
}

bool Host::answer(std::uint64_t id, Answer answer) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) {
    return false;
  }
  Pending& pending = *found->second;
  pending_.erase(found);
  pending.id_ = 0;
  pending.answer_ = std::move(answer);
  pending.waiting_.resume();
  return true;
}

}  // namespace skypod::core
