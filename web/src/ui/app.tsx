// The frame around the screens, and which screen is shown: a device without a library sees only the way to get one.

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { Device } from "../protocol";
import { AddDevice } from "./pairing/add_device";
import { Devices } from "./devices/devices";
import { FeedScreen } from "./feed";
import { Starting } from "./full_screens";
import { Icon, type IconName } from "./icons";
import { Join } from "./pairing/join";
import { LibraryScreen } from "./library";
import { LinkState } from "./link_state";
import { Messages } from "./messages";
import { Notices } from "./notices";
import { type Player, PlayerContext } from "./player";
import { PlayerBar } from "./player_bar";
import { MakeRecovery } from "./recovery/make_recovery";
import { Restore } from "./recovery/restore";
import { go, hashOf, route, type Route } from "./route";
import { type Store, StoreContext, useStore } from "./store";
import { strings } from "./strings";
import { Removed } from "./welcome/removed";
import { Welcome } from "./welcome/welcome";

export function App({ store, player }: { store: Store; player: Player }) {
  return (
    <StoreContext.Provider value={store}>
      <PlayerContext.Provider value={player}>
        <Screens />
        <Notices />
      </PlayerContext.Provider>
    </StoreContext.Provider>
  );
}

function Screens() {
  const store = useStore();
  const device = store.device.value;
  if (!device) return <Starting />;
  if (device.realm !== null && !store.entering.value) return <Shell>{screen(route.value)}</Shell>;
  return <main class="narrow">{outside(route.value, device.removed)}</main>;
}

/** For a device without a realm. */
function outside(to: Route, removed: Device["removed"]) {
  if (to.page === "join") return <Join code={to.code} />;
  if (to.page === "restore") return <Restore />;
  return removed ? <Removed removed={removed} /> : <Welcome />;
}

function screen(to: Route) {
  switch (to.page) {
    case "feed":
      return <FeedScreen key={to.feed} feed={to.feed} />;
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
        <LinkState />
      </header>
      <nav class="tabs" aria-label={strings.app.navigation}>
        <Tab to={{ page: "library" }} icon="library" current={["library", "feed"]} />
        <Tab to={{ page: "devices" }} icon="devices" current={["devices", "add-device", "recovery"]} />
        <Tab to={{ page: "messages" }} icon="messages" current={["messages"]} />
      </nav>
      <main id="content">{children}</main>
      <PlayerBar />
    </div>
  );
}

interface TabProps {
  to: { page: "library" | "devices" | "messages" };
  icon: IconName;
  current: Route["page"][];
}

function Tab({ to, icon, current }: TabProps) {
  const here = current.includes(route.value.page);
  return (
    <a href={hashOf(to)} aria-current={here ? "page" : undefined} data-testid={`nav-${to.page}`}>
      <Icon name={icon} />
      <span>{strings.app[to.page]}</span>
    </a>
  );
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
