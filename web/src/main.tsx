// Starts the service worker, the core and the screens, in this order, and decides what is shown while there is no core:
// it is still opening, it waits for a passkey, or it could not be opened.

import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/parts.css";
import "./styles/screens.css";
import "./styles/player.css";

import { render } from "preact";
import { registerSW } from "virtual:pwa-register";
import { type Lock, startCore } from "./host/core_client";
import type { Core } from "./protocol";
import { App } from "./ui/app";
import { Failed, Starting } from "./ui/full_screens";
import { Locked } from "./ui/welcome/locked";
import { Player } from "./ui/player";
import { followAddress } from "./ui/route";
import { sentence, Store } from "./ui/store";
import { strings } from "./ui/strings";

const UPDATE_CHECK_MS = 60 * 60 * 1000; // at most that often

const root = document.getElementById("app")!;
let running: Store | null = null;
let updating = false; // this page has asked for it, and not one in another tab

const activate = registerSW({
  onNeedRefresh: () => offerUpdate(update),
  onNeedReload: () => (updating ? location.reload() : offerUpdate(reload)),
  onRegisteredSW: (_url, registration) => registration && checkForUpdates(registration),
});

function update(): void {
  updating = true;
  void activate();
}

function reload(): void {
  location.reload();
}

/** Never by itself: something may be playing here. */
function offerUpdate(run: () => void): void {
  running?.notify({ level: "info", text: strings.app.updateReady, action: { label: strings.app.update, run } });
}

/** The browser looks for a new version when a page is loaded, but skypod may stay open for weeks. */
function checkForUpdates(registration: ServiceWorkerRegistration): void {
  let checkedAt = performance.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || performance.now() - checkedAt < UPDATE_CHECK_MS) return;
    checkedAt = performance.now();
    void registration.update().catch(() => {}); // there may be no network
  });
}

function run(core: Core): void {
  const store = new Store(core);
  const audio = document.body.appendChild(document.createElement("audio"));
  audio.preload = "metadata";
  const player = new Player(audio, (progress) => store.command("play.progress", progress));
  window.addEventListener("pagehide", () => player.reportNow());
  running = store;
  core.on("outdated", () => offerUpdate(reload));
  render(<App store={store} player={player} />, root);
}

function showLocked(lock: Lock): void {
  render(<Locked lock={lock} />, root);
}

followAddress();
render(<Starting />, root);
startCore(showLocked).then(run, (error: unknown) => render(<Failed reason={sentence(error)} />, root));
