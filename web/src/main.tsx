// Starts the service worker, the core and the screens, in this order, and decides what is shown while there is no core:
// it is still opening, it waits for a passkey, or it could not be opened.

import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/parts.css";
import "./styles/screens.css";
import "./styles/player.css";
import "./styles/reader.css";

import { render } from "preact";
import { registerSW } from "virtual:pwa-register";
import { type Lock, startCore } from "./host/core_client";
import { compactWhenHidden } from "./host/upkeep";
import type { Core, Episode } from "./protocol";
import { App } from "./ui/app";
import { startAutoRefresh } from "./ui/auto_refresh";
import { Failed, Starting } from "./ui/full_screens";
import { Locked } from "./ui/welcome/locked";
import { Downloads } from "./ui/downloads/downloads";
import { startMediaSession } from "./ui/player/media_session";
import { Player, type Progress } from "./ui/player/player";
import { chooseSpeed } from "./ui/player/choose";
import { advance, nextOf } from "./ui/player/queue_advance";
import { SleepTimer } from "./ui/player/sleep_timer";
import { Sound } from "./ui/player/sound";
import { Files } from "./ui/files";
import { Pictures, WIDTHS } from "./ui/pictures";
import { Proxy } from "./ui/proxy";
import { webAddress } from "./ui/format";
import { followAddress } from "./ui/route";
import { followAppearance, rememberAppearance } from "./ui/settings/appearance";
import { watchInstallOffer } from "./ui/settings/install";
import { takeShared } from "./ui/shared";
import { helpShown } from "./ui/shortcuts/help";
import { listenToKeys, shortcutsOf } from "./ui/shortcuts/shortcuts";
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
  const action = { label: strings.app.update, run };
  running?.notify({ level: "info", text: strings.app.updateReady, action, lasting: true });
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
  const preferences = () => store.preferences.all.value;
  const files = new Files(store);
  files.listen(navigator.serviceWorker as ServiceWorkerContainer | undefined);
  const proxy = new Proxy(store, files);
  const pictures = new Pictures(proxy);
  const downloads = new Downloads({
    proxy,
    contentOf: async ({ feed, id }) => (await store.command("library.content", { feed, episode: id })).content,
    tell: (text) => store.notify({ level: "warning", text }),
  });
  const audio = document.body.appendChild(document.createElement("audio"));
  audio.preload = "metadata";
  const report = (progress: Progress) => store.command("play.progress", progress);
  const player = new Player(audio, report, undefined, (episode) => sound.sourceOf(episode));
  const subscriptionOf = (feed: string) => store.subscriptions.value?.find((it) => it.feed === feed);
  const hasLogin = (feed: string) => typeof subscriptionOf(feed)?.login === "string";
  const sound = new Sound({ player, audio, preferences: store.preferences, proxy, files, downloads, hasLogin });
  const sleep = new SleepTimer(audio, () => player.pause());
  const next = () => {
    const episode = nextOf(store.queue.value ?? [], player.episode.value);
    if (episode) player.play(episode);
  };
  player.onFinished = (episode) => advance(store, player, sleep, episode);
  const pictureOf = async ({ feed, image }: Episode) => {
    const url = webAddress(image) ?? webAddress(subscriptionOf(feed)?.icon ?? "");
    return url ? pictures.addressOf(url, feed, WIDTHS.artwork) : "";
  };
  startMediaSession({ player, preferences, pictureOf, next });
  followAppearance(preferences);
  void downloads.open();
  const setSpeed = (speed: number) => chooseSpeed(store, player, speed);
  const shortcuts = shortcutsOf({ player, preferences, setSpeed, next, help: () => (helpShown.value = true) });
  listenToKeys(shortcuts);
  startAutoRefresh(store);
  compactWhenHidden(core);
  window.addEventListener("pagehide", () => player.reportNow());
  core.on("outdated", () => offerUpdate(reload));
  running = store;
  render(
    <App {...{ store, player, listening: { sound, sleep, next }, proxy, pictures, downloads, shortcuts }} />,
    root,
  );
}

function showLocked(lock: Lock): void {
  render(<Locked lock={lock} />, root);
}

function open(): void {
  render(<Starting />, root);
  startCore(showLocked).then(run, (error: unknown) => render(<Failed reason={sentence(error)} />, root));
}

watchInstallOffer();
takeShared();
followAddress();
void rememberAppearance().then(open);
