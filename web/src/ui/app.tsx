// The app around its screens, and which of them is shown: a device without a library sees only the way to get one.

import type { Device } from "../protocol";
import { type Downloads, DownloadsContext } from "./downloads/downloads";
import { Starting } from "./full_screens";
import { lazy } from "./lazy";
import { Notices } from "./notices";
import { type Pictures, PicturesContext } from "./pictures";
import { type Player, PlayerContext } from "./player/player";
import { type Listening, ListeningContext } from "./player/player_context";
import { type Proxy, ProxyContext } from "./proxy";
import { route, type Route } from "./route";
import { Help } from "./shortcuts/help";
import type { Shortcut } from "./shortcuts/shortcuts";
import { type Store, StoreContext, useStore } from "./store";
import { language } from "./strings";
import { Removed } from "./welcome/removed";
import { Welcome } from "./welcome/welcome";

const Inside = lazy(async () => (await import("./inside")).Inside, Starting);
const Join = lazy(async () => (await import("./pairing/join")).Join);
const Restore = lazy(async () => (await import("./recovery/restore")).Restore);

export interface AppParts {
  store: Store;
  player: Player;
  listening: Listening;
  proxy: Proxy;
  pictures: Pictures;
  downloads: Downloads;
  shortcuts: Shortcut[];
}

export function App({ store, player, listening, proxy, pictures, downloads, shortcuts }: AppParts) {
  return (
    <StoreContext.Provider value={store}>
      <PlayerContext.Provider value={player}>
        <ListeningContext.Provider value={listening}>
          <ProxyContext.Provider value={proxy}>
            <DownloadsContext.Provider value={downloads}>
              <PicturesContext.Provider value={pictures}>
                <Spoken shortcuts={shortcuts} />
              </PicturesContext.Provider>
            </DownloadsContext.Provider>
          </ProxyContext.Provider>
        </ListeningContext.Provider>
      </PlayerContext.Provider>
    </StoreContext.Provider>
  );
}

/** Everything with words in it: made anew in another language. */
function Spoken({ shortcuts }: { shortcuts: Shortcut[] }) {
  return (
    <div key={language.value} class="contents">
      <Screens />
      <Notices />
      <Help shortcuts={shortcuts} />
    </div>
  );
}

function Screens() {
  const store = useStore();
  const device = store.device.value;
  if (!device) return <Starting />;
  if (device.realm !== null && !store.entering.value) return <Inside />;
  return <main class="narrow">{outside(route.value, device.removed)}</main>;
}

/** For a device without a realm. */
function outside(to: Route, removed: Device["removed"]) {
  if (to.page === "join") return <Join code={to.code} />;
  if (to.page === "restore") return <Restore />;
  return removed ? <Removed removed={removed} /> : <Welcome />;
}

