// Starts the service worker, the core and the screens, in this order, and decides what is shown while there is no core:
// it is still opening, it waits for a passkey, it is open in another tab, or it could not be opened.

import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/parts.css";
import "./styles/screens.css";
import "./styles/player.css";

import { render } from "preact";
import { registerSW } from "virtual:pwa-register";
import { type Lock, type Start, startCore, takeOver } from "./host/core_client";
import { type Core, CoreError } from "./protocol";
import { App } from "./ui/app";
import { Elsewhere, Failed, Starting } from "./ui/full_screens";
import { Locked } from "./ui/welcome/locked";
import { Player } from "./ui/player";
import { followAddress } from "./ui/route";
import { sentence, Store } from "./ui/store";
import { strings } from "./ui/strings";

const root = document.getElementById("app")!;
let running: Store | null = null;

const restart = registerSW({
  onNeedRefresh() {
    const action = { label: strings.app.update, run: () => void restart() };
    running?.notify({ level: "info", text: strings.app.updateReady, action });
  },
});

function run(core: Core): void {
  const store = new Store(core);
  const audio = document.body.appendChild(document.createElement("audio"));
  audio.preload = "metadata";
  const player = new Player(audio, (progress) => store.command("play.progress", progress));
  const leaving = new AbortController();
  window.addEventListener("pagehide", () => player.reportNow(), { signal: leaving.signal });
  store.movedElsewhere.subscribe((moved) => {
    if (!moved) return;
    leaving.abort();
    audio.pause();
    audio.remove();
    showElsewhere();
  });
  running = store;
  render(<App store={store} player={player} />, root);
}

function showElsewhere(): void {
  running = null;
  render(<Elsewhere use={() => open(takeOver)} />, root);
}

function showLocked(lock: Lock): void {
  render(<Locked lock={lock} />, root);
}

function open(start: Start): void {
  render(<Starting />, root);
  start(showLocked).then(run, (error: unknown) => {
    if (error instanceof CoreError && error.code === "elsewhere") showElsewhere();
    else render(<Failed reason={sentence(error)} />, root);
  });
}

followAddress();
open(startCore);
