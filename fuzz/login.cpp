// What people type as a feed's address: a login is taken out whole, and put back it is found again.
#include "core/feed/login.hpp"

#include <cstdint>
#include <cstdlib>

#include "core/library/library.hpp"

using namespace skypod;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const auto [typed, login] = feed::take_login({reinterpret_cast<const char*>(octets), size});
  const auto address = library::feed_address(typed);
  if (!address) return 0;
  if (!feed::take_login(*address).login.empty()) std::abort();
  if (!feed::is_login(login)) return 0;
  const feed::Located again = feed::take_login(feed::put_login(*address, login));
  if (again.url != *address || again.login != login) std::abort();
  (void)feed::login_name(login);
  (void)feed::basic_authorization(login);
  return 0;
}
