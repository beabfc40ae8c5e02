// Choices about the sound, where they were made: for the feed that plays if it has a choice of its own, else for all.

import type { Store } from "../store";
import type { Player } from "./player";

export function chooseSpeed(store: Store, player: Player, speed: number): void {
  choose(store, player, "speed", speed);
}

export function chooseSilence(store: Store, player: Player, skips: boolean): void {
  choose(store, player, "silence", skips ? 1 : 0);
}

function choose(store: Store, player: Player, name: "speed" | "silence", value: number): void {
  const feed = player.episode.value?.feed;
  const ofFeed = feed !== undefined && store.preferences.forFeed(feed)[name] !== undefined;
  store.attempt(ofFeed ? store.preferForFeed(feed, { [name]: value }) : store.prefer(name, value, true));
}
