// One device, whole: its part in the realm, its library, and the commands that people give it. This is what a host
// runs: the browser's worker by way of wasm/, the native peer, and the simulation.
//
// A host makes one Device, calls handle() with everything that happens, and after each call carries out drain()'s
// outputs in order. When next_deadline() has come, it calls handle with a Tick.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/device/feed_ladder.hpp"
#include "core/device/fetch_crew.hpp"
#include "core/device/file_ladder.hpp"
#include "core/device/helpers.hpp"
#include "core/feed/privacy.hpp"
#include "core/library/library.hpp"
#include "core/realm/client.hpp"
#include "core/realm/pairing.hpp"
#include "core/sync/exchange.hpp"

namespace skypod::device {

using core::Answer;
using core::Host;
using core::RtcId;
using wire::Error;
using wire::ErrorCode;
using wire::Json;
using wire::TimeMs;

/// Longest message that people send, in octets.
inline constexpr std::size_t text_max = 8 * 1024;
/// The name of such a message between devices.
inline constexpr std::string_view message_msg = "app.message";
/// Most episodes in one answer.
inline constexpr std::int64_t page_max = 500;

/// What can happen to a device.
namespace in {
/// The host's answer to an out::Asked.
struct Answered {
  std::uint64_t id = 0;
  Answer answer;
};
/// Somebody wants something; out::Replied carries the same id. web/src/protocol.ts lists the commands.
struct Command {
  std::uint64_t id = 0;
  std::string name;
  Json args;
};
struct LinkOpened {};
struct LinkFrame {
  std::string text;
};
/// Closed from outside or failed to open; not reported after an out::LinkClose or out::LinkOpen of our own.
struct LinkClosed {};
/// The network may be back, or the device has woken up.
struct Nudge {};
/// The description that was asked for with out::RtcOffer or out::RtcRemote.
struct RtcLocal {
  RtcId rtc = 0;
  bool is_offer = false;
  std::string sdp;
};
struct RtcCandidate {
  RtcId rtc = 0;
  wire::Candidate candidate;  // without its connection id
};
/// The data channel is open.
struct RtcOpened {
  RtcId rtc = 0;
};
struct RtcMessage {
  RtcId rtc = 0;
  Bytes octets;
};
/// How packets travel from now on: by way of a TURN server, or directly. May come more than once.
struct RtcPath {
  RtcId rtc = 0;
  bool by_turn = false;
};
/// What waited has left, as out::RtcSend asked to be told.
struct RtcDrained {
  RtcId rtc = 0;
};
/// The path is shaky; the connection may yet recover.
struct RtcDoubtful {
  RtcId rtc = 0;
};
/// The connection or its channel has failed or was closed by the other side.
struct RtcFailed {
  RtcId rtc = 0;
};
/// The deadline has come.
struct Tick {};
}  // namespace in

using Input = std::variant<in::Answered, in::Command, in::LinkOpened, in::LinkFrame, in::LinkClosed, in::Nudge,
                           in::RtcLocal, in::RtcCandidate, in::RtcOpened, in::RtcMessage, in::RtcPath, in::RtcDrained,
                           in::RtcDoubtful, in::RtcFailed, in::Tick>;

/// What a device knows of its host.
struct HostTraits {
  std::string server;         // its address, e.g. "https://pod.example"; "" if it is not known
  bool serves_feeds = false;  // it fetches whatever ask::Direct and ask::File name, so others may ask for it
};

/// A whole device. Not copyable; destroying it cancels everything under way.
class Device {
 public:
  /// `entropy`: 32 octets from the host. Opens the library and, if there is a membership, enters the realm.
  Device(BytesView entropy, realm::Identity identity, TimeMs now, HostTraits traits = {});
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  void handle(Input input, TimeMs now);
  std::vector<core::Output> drain() { return host_.drain(); }
  std::optional<TimeMs> next_deadline() const;

 private:
  using Command = Task<Answer> (Device::*)(Json);

  void on(in::Answered& input);
  void on(in::Command& input);
  void on(in::LinkOpened& input);
  void on(in::LinkFrame& input);
  void on(in::LinkClosed& input);
  void on(in::Nudge& input);
  void on(in::RtcLocal& input);
  void on(in::RtcCandidate& input);
  void on(in::RtcOpened& input);
  void on(in::RtcMessage& input);
  void on(in::RtcPath& input);
  void on(in::RtcDrained& input);
  void on(in::RtcDoubtful& input);
  void on(in::RtcFailed& input);
  void on(in::Tick& input);

  static Command find_command(std::string_view name);
  static Command find_library_command(std::string_view name);
  static Command find_transfer_command(std::string_view name);
  Task<void> run_command(std::uint64_t id, Command command, Json args);
  Task<Answer> create_realm(Json args);
  Task<Answer> rename(Json args);
  Task<Answer> list_members(Json args);
  Task<Answer> list_ice_servers(Json args);
  Task<Answer> remove_member(Json args);
  Task<Answer> leave_realm(Json args);
  Task<Answer> rotate_key(Json args);
  Task<Answer> create_recovery(Json args);
  Task<Answer> restore_recovery(Json args);
  Task<Answer> register_self(Json args);
  Task<Answer> inspect(Json args);
  Task<Answer> invite(Json args);
  Task<Answer> cancel_invitation(Json args);
  Task<Answer> preview(Json args);
  Task<Answer> join(Json args);
  Task<Answer> send_message(Json args);
  Task<Answer> make_proxy_token(Json args);
  Task<Answer> show_content(Json args);
  Task<Answer> fetch_piece(Json args);
  Task<Answer> add_feed(Json args);
  Task<Answer> remove_feed(Json args);
  Task<Answer> refresh(Json args);
  Task<Answer> list_subscriptions(Json args);
  Task<Answer> list_episodes(Json args);
  Task<Answer> find_episode(Json args);
  Task<Answer> organise_feed(Json args);
  Task<Answer> choose_reach(Json args);
  Task<Answer> list_inbox(Json args);
  Task<Answer> search_library(Json args);
  Task<Answer> compact_library(Json args);
  Task<Answer> report_progress(Json args);
  Task<Answer> mark_played(Json args);
  Task<Answer> mark_all_played(Json args);
  Task<Answer> list_positions(Json args);
  Task<Answer> list_queue(Json args);
  Task<Answer> add_to_queue(Json args);
  Task<Answer> move_in_queue(Json args);
  Task<Answer> remove_from_queue(Json args);
  Task<Answer> clear_queue(Json args);
  Task<Answer> undo_queue(Json args);
  Task<Answer> list_settings(Json args);
  Task<Answer> change_setting(Json args);
  Task<Answer> read_opml(Json args);
  Task<Answer> export_opml(Json args);
  Task<Answer> import_feeds(Json args);
  Task<Answer> create_backup(Json args);
  Task<Answer> restore_backup(Json args);

  Task<void> start();
  Task<Result<void, Error>> open_library();
  Task<Result<void, Error>> enter(realm::Membership membership);
  Task<Result<void, Error>> await_entry();
  Task<Answer> enter_and_wait(realm::Membership membership);
  Task<void> store_membership();
  Task<void> forget_realm(Json removed);
  std::string name_of(const std::string& id) const;
  Task<Result<void, Error>> announce_name();
  Task<void> load_names();
  /// What has been chosen for a feed: whom it may be told to, and with what login it is fetched.
  struct Access {
    feed::Reach reach = feed::Reach::guess;
    std::string login{};
  };
  Task<Access> access_of(std::string feed);
  bool may_tell_server(std::string_view url, std::string_view feed, const Access& access) const;
  Task<std::string> login_for(std::string url, std::string feed);
  Task<Answer> set_reach(std::string feed, feed::Reach reach, Json answer);
  /// Whether the server may be asked for `url`, which `feed` refers to; "" for what people have typed.
  Task<bool> may_tell_server(std::string url, std::string feed);
  Task<Result<Json, Error>> with_reach(Json subscriptions);
  /// `chosen` and `login`: by whoever adds it; nothing for what has been chosen before.
  Task<Result<Fetched, Error>> fetch_feed(std::string feed, std::optional<feed::Reach> chosen = std::nullopt,
                                          std::string login = "");
  Task<Result<void, Error>> store_fetched(std::string feed, Fetched fetched);
  Task<Result<void, Error>> refresh_feed(std::string feed);
  Task<Result<void, Error>> refresh_once(std::string feed, TimeMs asked_ms);
  Task<Result<void, Error>> refresh_since(std::vector<std::string> feeds, TimeMs asked_ms);
  Task<void> refresh_unfetched();
  Task<std::vector<library::Unfetched>> unfetched();
  Task<Answer> wrote(Result<sync::Section, Error> written, Json answer);

  void settle();
  void on_event(const realm::event::LinkChanged& event);
  void on_event(const realm::event::MembershipChanged& event);
  void on_event(const realm::event::PeersChanged& event);
  void on_event(const realm::event::MemberAdded& event);
  void on_event(const realm::event::MemberRemoved& event);
  void on_event(const realm::event::Removed& event);
  void on_event(const realm::event::Unconfirmed& event);
  void on_event(const realm::event::Lied& event);
  void on_event(const realm::event::PeerConnected& event);
  void on_event(const realm::event::PeerDisconnected& event);
  void on_event(const realm::event::Received& event);
  void on_event(const realm::event::Acknowledged& event);
  Task<void> begin_sync(std::string peer);
  Task<void> receive_sync(std::string peer, std::string msg, Json dat);
  Task<void> resume_sync();
  Task<void> reflect(std::set<std::string> collections);
  void push(const sync::Section& section);
  void tell_device();
  /// `about`: who and what `text` names, for those who say it in another language.
  void notify(std::string_view level, std::string_view code, std::string text, Json about);
  void warn_of_clock();
  void tell_peers();
  Json peers() const;
  /// `what`: the collections that changed, or "episodes".
  void library_changed(std::set<std::string> what);

  HostTraits traits_;
  Host host_;
  realm::Client client_;
  library::Library library_;
  sync::Exchange exchange_;
  Helpers helpers_;
  FeedLadder ladder_;
  FileLadder files_;
  Mutex library_mutex_;
  Mutex store_mutex_;                 // what was fetched queues here, so that one of it at most is before a command
  Mutex round_mutex_;                 // of fetching what was never fetched
  std::optional<TimeMs> next_round_;  // if something was left
  std::optional<Error> broken_;       // why the library could not be opened
  std::map<std::string, std::string> names_;
  Json removed_;  // by whom and when this device was removed from its last realm, or null
  struct Undelivered {
    std::int64_t number = 0;  // that the peer acknowledges
    std::string id;           // of the message
  };
  std::map<std::string, std::deque<Undelivered>> undelivered_;  // people's messages by peer; the stream bounds them
  bool peers_changed_ = false;
  bool clock_warned_ = false;
  bool storage_warned_ = false;
  FetchCrew crew_{host_};
  TaskScope tasks_;  // last: destroyed first, while all that its tasks use is there
};

}  // namespace skypod::device
