// Starts the service worker, the core and the screens, in this order, and decides what is shown while there is no core:
// it is still opening, it waits for a passkey, it is open in another tab, or it could not be opened.

import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/parts.css";
import "./styles/screens.css";
import "./styles/player.css";
import "./styles/reader.css";

import { render } from "preact";
import { registerSW } from "virtual:pwa-register";
import { type Lock, type Start, startCore, takeOver } from "./host/core_client";
import { type Core, CoreError, type Episode } from "./protocol";
import { App } from "./ui/app";
import { Elsewhere, Failed, Starting } from "./ui/full_screens";
import { Locked } from "./ui/welcome/locked";
import { Downloads } from "./ui/downloads/downloads";
import { startMediaSession } from "./ui/player/media_session";
import { Player, type Progress } from "./ui/player/player";
import { chooseSpeed } from "./ui/player/choose";
import { advance, nextOf } from "./ui/player/queue_advance";
import { SleepTimer } from "./ui/player/sleep_timer";
import { Sound } from "./ui/player/sound";
import { Pictures, WIDTHS } from "./ui/pictures";
import { Proxy } from "./ui/proxy";
import { webAddress } from "./ui/format";
import { followAddress } from "./ui/route";
import { followAppearance, rememberAppearance } from "./ui/settings/appearance";
import { helpShown } from "./ui/shortcuts/help";
import { listenToKeys, shortcutsOf } from "./ui/shortcuts/shortcuts";
import { sentence, Store } from "./ui/store";
import { strings } from "./ui/strings";

const root = document.getElementById("app")!;
let running: Store | null = null;

const restart = registerSW({
  onNeedRefresh() {
    const action = { label: strings.app.update, run: () => void restart() };
    running?.notify({ level: "info", text: strings.app.updateReady, action, lasting: true });
  },
});

function run(core: Core): void {
  const store = new Store(core);
  const preferences = () => store.preferences.all.value;
  const proxy = new Proxy(store);
  const pictures = new Pictures(proxy);
  const downloads = new Downloads(proxy, (text) => store.notify({ level: "warning", text }));
  const audio = document.body.appendChild(document.createElement("audio"));
  audio.preload = "metadata";
  const report = (progress: Progress) => store.command("play.progress", progress);
  const player = new Player(audio, report, undefined, (episode) => sound.sourceOf(episode));
  const sound = new Sound({ player, audio, preferences: store.preferences, proxy, downloads });
  const sleep = new SleepTimer(audio, () => player.pause());
  const next = () => {
    const episode = nextOf(store.queue.value ?? [], player.episode.value);
    if (episode) player.play(episode);
  };
  player.onFinished = (episode) => advance(store, player, sleep, episode);
  const pictureOf = async ({ feed, image }: Episode) => {
    const url = webAddress(image) ?? webAddress(store.subscriptions.value?.find((it) => it.feed === feed)?.icon ?? "");
    return url ? pictures.addressOf(url, WIDTHS.artwork) : "";
  };
  startMediaSession({ player, preferences, pictureOf, next });
  followAppearance(preferences);
  void downloads.open();
  const setSpeed = (speed: number) => chooseSpeed(store, player, speed);
  const shortcuts = shortcutsOf({ player, preferences, setSpeed, next, help: () => (helpShown.value = true) });
  const leaving = new AbortController();
  listenToKeys(shortcuts, leaving.signal);
  window.addEventListener("pagehide", () => player.reportNow(), { signal: leaving.signal });
  store.movedElsewhere.subscribe((moved) => {
    if (!moved) return;
    leaving.abort();
    audio.pause();
    audio.remove();
    showElsewhere();
  });
  running = store;
  render(<App {...{ store, player, listening: { sound, sleep, next }, proxy, pictures, downloads, shortcuts }} />, root);
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
void rememberAppearance().then(() => open(startCore));
