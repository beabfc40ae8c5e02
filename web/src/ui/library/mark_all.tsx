// Marks everything of some feeds as played, and offers the way back for those that were not played before.

import type { Episode } from "../../protocol";
import { useTask } from "../controls";
import { Icon } from "../icons";
import { type Store, useStore } from "../store";
import { strings } from "../strings";

const UNDO_MAX = 2000; // episodes that can be taken back; more would take long to write
const PAGE = 500;

export function MarkAll({ feeds }: { feeds: string[] }) {
  const store = useStore();
  const task = useTask();
  if (feeds.length === 0) return null;
  return (
    <button
      class="small"
      data-testid="mark-all"
      disabled={task.busy}
      onClick={() => task.run(() => markAll(store, feeds))}
    >
      <Icon name="check" />
      {strings.inbox.markAll}
    </button>
  );
}

async function markAll(store: Store, feeds: string[]): Promise<void> {
  const before = await unplayedOf(store, feeds);
  for (const feed of feeds) await store.command("play.markAll", { feed });
  const undoable = before.total <= UNDO_MAX;
  store.notify({
    level: "info",
    topic: "mark",
    text: strings.inbox.marked(before.total),
    ...(undoable &&
      before.total > 0 && {
        action: { label: strings.app.undo, run: () => store.attempt(undo(store, before.episodes)) },
      }),
  });
}

async function unplayedOf(store: Store, feeds: string[]): Promise<{ total: number; episodes: Episode[] }> {
  let total = 0;
  const episodes: Episode[] = [];
  for (const feed of feeds) {
    for (let offset = 0; ; offset += PAGE) {
      const page = await store.command("library.episodes", { feed, filter: "unplayed", offset, limit: PAGE });
      if (offset === 0) total += page.total;
      episodes.push(...page.episodes);
      if (offset + PAGE >= page.total || episodes.length > UNDO_MAX) break;
    }
  }
  return { total, episodes };
}

/** Each gets back what it was: not played, or where somebody was in the middle of it. */
async function undo(store: Store, episodes: Episode[]): Promise<void> {
  for (const { feed, id, play, durationS } of episodes) {
    const positionS = play?.positionS ?? 0;
    if (positionS > 0)
      await store.command("play.progress", { feed, episode: id, positionS, durationS, completed: false });
    else await store.command("play.mark", { feed, episode: id, completed: false });
  }
}
