// What a device with a realm shows: the frame around the screens, and the screens. It comes after the first paint.

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Devices } from "./devices/devices";
import { DownloadsScreen } from "./downloads/downloads_screen";
import { Icon, type IconName } from "./icons";
import { FeedScreen } from "./library/feed";
import { Inbox } from "./library/inbox";
import { LibraryScreen } from "./library/library";
import { Search } from "./library/search";
import { LinkState } from "./link_state";
import { Messages } from "./messages";
import { narrow } from "./narrow";
import { AddDevice } from "./pairing/add_device";
import { PlayerBar } from "./player/player_bar";
import { PlayerScreen } from "./player/player_screen";
import { Queue } from "./queue";
import { EpisodeScreen } from "./reader/episode_screen";
import { MakeRecovery } from "./recovery/make_recovery";
import { go, hashOf, route, type Route } from "./route";
import { SettingsScreen } from "./settings/settings_screen";
import { useStore } from "./store";
import { strings } from "./strings";
import { SyncProgress } from "./sync_progress";

export function Inside() {
  return <Shell>{screen(route.value)}</Shell>;
}

function screen(to: Route) {
  switch (to.page) {
    case "feed":
      return <FeedScreen key={to.feed} feed={to.feed} />;
    case "inbox":
      return <Inbox key="inbox" />;
    case "folder":
      return <Inbox key={`folder ${to.name}`} folder={to.name} />;
    case "tag":
      return <Inbox key={`tag ${to.name}`} tag={to.name} />;
    case "search":
      return <Search words={to.words} />;
    case "episode":
      return <EpisodeScreen key={`${to.feed} ${to.id}`} feed={to.feed} id={to.id} />;
    case "queue":
      return <Queue />;
    case "player":
      return <PlayerScreen />;
    case "downloads":
      return <DownloadsScreen />;
    case "settings":
      return <SettingsScreen />;
    case "devices":
      return <Devices />;
    case "add-device":
      return <AddDevice key={to.code} code={to.code} />;
    case "messages":
      return <Messages />;
    case "recovery":
      return <MakeRecovery />;
    case "join":
      return <AlreadyJoined followed={to.code !== ""} />;
    case "restore":
      return <AlreadyJoined followed={false} />;
    case "library":
      return <LibraryScreen />;
  }
}

function Shell({ children }: { children: ComponentChildren }) {
  return (
    <div class="shell">
      <a class="skip" href="#content" onClick={skipToContent}>
        {strings.app.skip}
      </a>
      <header class="brand">
        <img src="./icons/icon.svg" alt="" width="32" height="32" />
        <span class="name">{strings.app.name}</span>
        <a
          class="icon-button button"
          href={hashOf({ page: "search", words: "" })}
          aria-label={strings.search.title}
          title={strings.search.title}
          data-testid="nav-search"
        >
          <Icon name="search" />
        </a>
        <LinkState />
      </header>
      <nav class="tabs" aria-label={strings.app.navigation}>
        <Tab to={{ page: "inbox" }} icon="inbox" current={["inbox"]} />
        <Tab to={{ page: "library" }} icon="library" current={["library", "feed", "folder", "tag", "episode"]} />
        <Tab to={{ page: "queue" }} icon="queue" current={["queue"]} />
        <Tab to={{ page: "downloads" }} icon="download" current={["downloads"]} spare />
        <Tab to={{ page: "devices" }} icon="devices" current={["devices", "add-device", "recovery"]} />
        <Tab to={{ page: "messages" }} icon="messages" current={["messages"]} spare />
        <Tab to={{ page: "settings" }} icon="settings" current={["settings"]} spared={["downloads", "messages"]} />
      </nav>
      <main id="content">
        <SyncProgress />
        {children}
      </main>
      <PlayerBar />
    </div>
  );
}

interface TabProps {
  to: { page: "inbox" | "library" | "queue" | "downloads" | "devices" | "messages" | "settings" };
  icon: IconName;
  current: Route["page"][];
  spare?: boolean; // has no place where there is little room; the settings lead there too
  spared?: Route["page"][]; // which it stands for where their own tabs have no place
}

function Tab({ to, icon, current, spare = false, spared = [] }: TabProps) {
  const store = useStore();
  const { page } = route.value;
  const here = current.includes(page);
  const above = narrow.value && spared.includes(page);
  return (
    <a
      class={spare ? "spare" : undefined}
      href={hashOf(to)}
      aria-current={here ? "page" : above || undefined}
      data-testid={`nav-${to.page}`}
    >
      <Icon name={icon} />
      <span class="tab-name">{strings.app[to.page]}</span>
      {to.page === "queue" && <Count of={store.queue.value?.length ?? 0} />}
    </a>
  );
}

function Count({ of }: { of: number }) {
  return of > 0 ? <span class="badge">{of > 99 ? "99+" : of}</span> : null;
}

// The fragment belongs to the screens, so the link moves the focus itself.
function skipToContent(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("#content h1")?.focus();
}

function AlreadyJoined({ followed }: { followed: boolean }) {
  const store = useStore();
  useEffect(() => {
    if (followed) store.notify({ level: "warning", text: strings.join.already });
    go({ page: "library" });
  }, []);
  return null;
}
