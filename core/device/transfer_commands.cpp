// The commands that carry a library in and out: lists of subscriptions for other readers, and backups.
#include <algorithm>
#include <array>

#include "core/device/bad_input.hpp"
#include "core/device/device.hpp"
#include "core/feed/login.hpp"
#include "core/feed/opml.hpp"
#include "core/library/backup.hpp"
#include "core/wire/fields.hpp"

namespace skypod::device {
namespace {

constexpr std::size_t xml_events_max = 200'000;
constexpr std::size_t attributes_max = 64;
constexpr std::size_t additions_max = 500;

/// One event of a document: [name, attributes] begins an element, a text is a text, null ends the element. False if it
/// is none of these.
bool pass_on(const Json& event, feed::XmlSink& sink) {
  if (event.is_null()) {
    sink.end_element();
    return true;
  }
  if (const auto* text = event.get_ptr<const std::string*>()) {
    sink.text(*text);
    return true;
  }
  const bool element = event.is_array() && event.size() == 2 && event[0].is_string() && event[1].is_object() &&
                       event[1].size() <= attributes_max;
  if (!element) {
    return false;
  }
  std::vector<feed::Attribute> attributes;
  for (const auto& [name, value] : event[1].items()) {
    const auto* text = value.get_ptr<const std::string*>();
    if (text == nullptr) return false;
    attributes.push_back({.namespace_uri = {}, .name = name, .value = *text});
  }
  sink.start_element({}, *event[0].get_ptr<const std::string*>(), attributes);
  return true;
}

}  // namespace

Device::Command Device::find_transfer_command(std::string_view name) {
  struct Row {
    std::string_view name;
    Command command;
  };
  static constexpr std::array<Row, 5> rows{{
      {"opml.read", &Device::read_opml},
      {"opml.export", &Device::export_opml},
      {"library.import", &Device::import_feeds},
      {"backup.create", &Device::create_backup},
      {"backup.restore", &Device::restore_backup},
  }};
  const auto found = std::ranges::find(rows, name, &Row::name);
  return found == rows.end() ? nullptr : found->command;
}

Task<Answer> Device::read_opml(Json args) {
  wire::Fields fields(args);
  feed::OpmlParser parser;
  for (const Json& event : fields.array("document", xml_events_max)) {
    if (!pass_on(event, parser)) co_return unexpected(bad_input("That is no list of XML events."));
    if (parser.stopped()) break;
  }
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto list = parser.finish();
  if (!list) {
    co_return unexpected(bad_input("That is no OPML file. Export one from the other app and choose that."));
  }
  Json subscriptions = Json::array();
  for (const library::Addition& it : library::additions_of(*list)) {
    Json& listed = subscriptions.emplace_back(Json{{"feed", it.feed}, {"title", it.title}, {"folder", it.folder}});
    if (!it.login.empty()) listed["login"] = it.login;
  }
  co_return Json{{"title", list->title}, {"subscriptions", std::move(subscriptions)}, {"truncated", list->truncated}};
}

Task<Answer> Device::export_opml(Json args) {
  wire::Fields fields(args);
  const bool with_logins = fields.boolean("logins", false);
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  auto opml = co_await library_.opml(with_logins);
  co_return opml ? Answer(Json{{"opml", std::move(*opml)}}) : unexpected(opml.error());
}

Task<Answer> Device::import_feeds(Json args) {
  wire::Fields fields(args);
  std::vector<library::Addition> additions;
  for (const Json& wanted : fields.array("subscriptions", additions_max)) {
    wire::Fields entry(wanted);
    auto feed = library::feed_address(entry.text("feed", library::url_max));
    library::Addition addition{.feed = feed.value_or(""),
                               .title = entry.optional_text("title", library::title_max),
                               .folder = entry.optional_text("folder", library::folder_max),
                               .login = entry.optional_text("login", feed::login_max)};
    if (!entry.ok()) co_return unexpected(bad_input(entry.problem()));
    if (!addition.login.empty() && !feed::is_login(addition.login)) addition.login.clear();
    if (!feed) co_return unexpected(bad_input("One of these is not the address of a feed."));
    additions.push_back(std::move(addition));
  }
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  const auto subscribed = co_await library_.feeds();
  if (!subscribed) {
    co_return unexpected(subscribed.error());
  }
  const std::size_t asked = additions.size();
  std::erase_if(additions,
                [&](const library::Addition& it) { return std::ranges::binary_search(*subscribed, it.feed); });
  const std::size_t added = additions.size();
  Answer answer = co_await wrote(co_await library_.subscribe_all(std::move(additions)),
                                 {{"added", added}, {"known", asked - added}});
  if (answer && added > 0) tasks_.spawn(refresh_unfetched());
  co_return answer;
}

Task<Answer> Device::create_backup(Json args) {
  wire::Fields fields(args);
  const Redacted<Bytes> passphrase(fields.optional_text("passphrase", library::passphrase_max));
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  auto backup = co_await library::make_backup(host_, library_.replica(), passphrase);
  co_return backup ? Answer(Json{{"file", std::move(backup->file)}, {"changes", backup->changes}})
                   : unexpected(backup.error());
}

Task<Answer> Device::restore_backup(Json args) {
  wire::Fields fields(args);
  const Redacted<Bytes> passphrase(fields.optional_text("passphrase", library::passphrase_max));
  std::string file = fields.text("file", library::backup_file_max);
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  auto parts = co_await library::open_backup(host_, std::move(file), passphrase);
  if (!parts) {
    co_return unexpected(parts.error());
  }
  const auto turn = co_await library_mutex_.lock();
  const auto merged = co_await library::merge_backup(library_.replica(), std::move(*parts));
  if (!merged) {
    co_return unexpected(merged.error());
  }
  for (const std::string& peer : client_.mesh().connected_peers()) client_.mesh().send(peer, exchange_.news());
  co_await reflect(merged->collections);
  co_return Json{{"changes", merged->changes}, {"news", merged->news}};
}

}  // namespace skypod::device
