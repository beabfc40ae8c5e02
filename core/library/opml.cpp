// Lists of subscriptions in and out, as other readers exchange them. A folder inside a folder is one folder here, whose
// name says both: "Outer / Inner".
#include "core/feed/opml.hpp"

#include "base/utf8.hpp"
#include "core/feed/login.hpp"
#include "core/library/library.hpp"

namespace skypod::library {
namespace {

constexpr std::string_view between_folders = " / ";

std::vector<std::string> split_folder(std::string_view folder) {
  std::vector<std::string> names;
  while (!folder.empty()) {
    const std::size_t end = std::min(folder.find(between_folders), folder.size());
    if (end > 0) names.emplace_back(folder.substr(0, end));
    folder.remove_prefix(std::min(folder.size(), end + between_folders.size()));
  }
  return names;
}

std::string join_folders(const std::vector<std::string>& names) {
  std::string folder;
  for (const std::string& name : names) {
    if (!folder.empty()) folder += between_folders;
    folder += name;
  }
  return std::string(utf8_prefix(folder, folder_max));
}

}  // namespace

std::vector<Addition> additions_of(const feed::SubscriptionList& list) {
  std::vector<Addition> additions;
  std::set<std::string> seen;
  for (const feed::Subscription& subscription : list.subscriptions) {
    feed::Located located = feed::take_login(subscription.feed_url);
    auto address = feed_address(located.url);
    if (!address || !seen.insert(*address).second) continue;
    additions.push_back({std::move(*address), std::string(utf8_prefix(subscription.title, title_max)),
                         join_folders(subscription.folders), feed::is_login(located.login) ? located.login : ""});
  }
  return additions;
}

Library::Written Library::subscribe_all(std::vector<Addition> additions) {
  std::vector<sync::Write> writes;
  for (Addition& addition : additions) {
    const std::string& feed = addition.feed;
    writes.push_back({subscription_address(feed, "title"), addition.title.empty() ? feed : std::move(addition.title)});
    writes.push_back({subscription_address(feed, "added"), host_.now()});
    writes.push_back({subscription_address(feed, "removed"), 0});
    if (!addition.folder.empty()) {
      writes.push_back({subscription_address(feed, "folder"), std::move(addition.folder)});
    }
    if (!addition.login.empty()) writes.push_back({subscription_address(feed, "login"), std::move(addition.login)});
  }
  if (writes.empty()) {
    co_return Section{};
  }
  co_return co_await write(std::move(writes));
}

Task<Result<std::string, Error>> Library::opml(bool with_logins) {
  const Rows rows =
      co_await query({{"SELECT s.feed, coalesce(nullif(f.title, ''), s.title, s.feed) AS shown, "
                       "coalesce(s.folder, '') FROM subscriptions s LEFT JOIN feeds f ON f.feed = s.feed "
                       "WHERE s.removed = 0 ORDER BY s.folder, lower(shown), s.feed"}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  feed::SubscriptionList list{.title = "skypod subscriptions", .subscriptions = {}};
  std::vector<std::string> addresses;
  for (const Json& row : (*rows)[0]) addresses.push_back(row[0].get<std::string>());
  if (with_logins) {
    const auto found = co_await logins(addresses);
    if (!found) co_return unexpected(found.error());
    for (std::size_t i = 0; i < addresses.size(); ++i) addresses[i] = feed::put_login(addresses[i], (*found)[i]);
  }
  for (const Json& row : (*rows)[0]) {
    std::string& address = addresses[list.subscriptions.size()];
    list.subscriptions.push_back({.title = row[1].get<std::string>(),
                                  .feed_url = std::move(address),
                                  .home_page_url = "",
                                  .folders = split_folder(row[2].get<std::string>())});
  }
  co_return to_opml(list);
}

}  // namespace skypod::library
