// Goes on with the queue when an episode has ended.

import type { Episode, QueueEntry } from "../../protocol";
import type { Store } from "../store";
import type { Player } from "./player";
import type { SleepTimer } from "./sleep_timer";

/** What comes after `episode`: the first entry that is another one and can be heard. */
export function nextOf(queue: readonly QueueEntry[], episode: Episode | null): Episode | null {
  const others = queue.filter(({ feed, id }) => feed !== episode?.feed || id !== episode.id);
  return (
    others.find(({ episode: other }) => other && other.audioUrl !== "" && !isSame(other, episode))?.episode ?? null
  );
}

function isSame(left: Episode, right: Episode | null): boolean {
  return left.feed === right?.feed && left.id === right.id;
}

/** Takes what was heard out of the queue, and plays the next unless people chose otherwise. */
export function advance(store: Store, player: Player, sleep: SleepTimer, finished: Episode): void {
  const queue = store.queue.value ?? [];
  const entry = queue.find(({ feed, id, episode }) => {
    return feed === finished.feed && (id === finished.id || episode?.id === finished.id);
  });
  const next = nextOf(queue, finished);
  if (entry) store.attempt(store.command("queue.remove", { feed: entry.feed, episode: entry.id }));
  if (sleep.holdsAtEnd() || store.preferences.all.value.advance !== 1 || !next) return;
  player.play(next);
}
