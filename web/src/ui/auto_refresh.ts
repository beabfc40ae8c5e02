// Fetches all feeds anew by itself, while skypod is open and online: of several tabs one, and not more often than every
// half hour however often it is opened.

import { effect } from "@preact/signals";
import type { Store } from "./store";

const INTERVAL_MS = 30 * 60_000;
const LOOK_MS = 60_000;
const KEPT = "skypod-refreshed";

/** When feeds were last fetched, shared by all tabs; ms since 1970. */
export interface Stamp {
  read(): number;
  write(ms: number): void;
}

/** Whether it is time. A stamp of the future is of a clock that was wrong. */
export function isDue(lastMs: number, nowMs: number): boolean {
  return nowMs - lastMs >= INTERVAL_MS || lastMs > nowMs;
}

const stamp: Stamp = {
  read: () => Number(localStorage.getItem(KEPT)) || 0,
  write: (ms) => localStorage.setItem(KEPT, String(ms)),
};

/** Begins; what it answers ends it. */
export function startAutoRefresh(store: Store, kept: Stamp = stamp): () => void {
  const look = () => {
    const online = store.device.peek()?.link === "online" && store.device.peek()?.realm !== null;
    const any = (store.subscriptions.peek()?.length ?? 0) > 0;
    if (!online || !any || !isDue(kept.read(), Date.now())) return;
    kept.write(Date.now());
    store.command("library.refresh", { feed: null }).catch(() => {}); // a feed that failed says so itself
  };
  const timer = setInterval(look, LOOK_MS);
  const stop = effect(() => {
    void store.device.value?.link;
    void store.subscriptions.value;
    look();
  });
  return () => {
    clearInterval(timer);
    stop();
  };
}
