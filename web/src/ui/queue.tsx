// What is played next. Every change can be taken back, on this device, as often as changes were made.

import type { QueueEntry } from "../protocol";
import { Busy, Confirm, IconButton, RowFacts, ScreenTitle, ToInbox } from "./controls";
import { clock } from "./format";
import { hashOf } from "./route";
import { useStore } from "./store";
import { strings } from "./strings";
import { undoQueue } from "./library/episode_actions";
import { PlayButton } from "./library/episode_row";
import { useRef, useState } from "preact/hooks";

export function Queue() {
  const store = useStore();
  const queue = store.queue.value;
  const [asking, setAsking] = useState(false);
  const clear = () => {
    setAsking(false);
    const run = async () => {
      await store.command("queue.clear", {});
      store.notify({ level: "info", text: strings.queue.cleared, topic: "queue", action: undoQueue(store) });
    };
    store.attempt(run());
  };
  const leftS = (queue ?? []).reduce((sum, { episode }) => sum + leftOf(episode), 0);
  return (
    <div class="stack">
      <div class="row wrap">
        <ScreenTitle>{strings.queue.title}</ScreenTitle>
        {!!queue?.length && (
          <>
            <span class="quiet">{strings.queue.left(queue.length, clock(leftS))}</span>
            <button class="small" data-testid="queue-clear" onClick={() => setAsking(true)}>
              {strings.queue.clear}
            </button>
          </>
        )}
      </div>
      {!queue && <Busy text={strings.library.loading} />}
      {queue?.length === 0 && (
        <div class="empty">
          <h2>{strings.queue.emptyTitle}</h2>
          <p>{strings.queue.emptyBody}</p>
          <ToInbox />
        </div>
      )}
      {!!queue?.length && <Entries queue={queue} />}
      {asking && (
        <Confirm
          title={strings.queue.clearTitle}
          confirm={strings.queue.clear}
          onConfirm={clear}
          onCancel={() => setAsking(false)}
        >
          {strings.queue.clearBody}
        </Confirm>
      )}
    </div>
  );
}

function leftOf(episode: QueueEntry["episode"]): number {
  return Math.max(0, (episode?.durationS ?? 0) - (episode?.play?.completed ? 0 : (episode?.play?.positionS ?? 0)));
}

function Entries({ queue }: { queue: QueueEntry[] }) {
  const store = useStore();
  const dragged = useRef<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const move = (from: number, to: number) => {
    const entry = queue[from];
    if (!entry || to < 0 || to >= queue.length || to === from) return;
    const others = queue.filter((_, at) => at !== from);
    const before = to === 0 ? null : others[to - 1]!;
    const after = before && { feed: before.feed, episode: before.id };
    store.attempt(store.command("queue.move", { feed: entry.feed, episode: entry.id, after }));
  };
  const drop = (to: number) => {
    if (dragged.current !== null) move(dragged.current, to);
    dragged.current = null;
    setOver(null);
  };
  return (
    <ol class="plain stack tight" aria-label={strings.queue.title}>
      {queue.map((entry, at) => (
        <li
          key={`${entry.feed} ${entry.id}`}
          class="card queue-entry"
          data-testid="queue-row"
          data-over={over === at}
          draggable
          onDragStart={() => (dragged.current = at)}
          onDragOver={(event) => (event.preventDefault(), setOver(at))}
          onDragEnd={() => setOver(null)}
          onDrop={(event) => (event.preventDefault(), drop(at))}
        >
          <Entry entry={entry} first={at === 0} last={at === queue.length - 1} move={(by) => move(at, at + by)} />
        </li>
      ))}
    </ol>
  );
}

interface EntryProps {
  entry: QueueEntry;
  first: boolean;
  last: boolean;
  move: (by: number) => void;
}

function Entry({ entry, first, last, move }: EntryProps) {
  const store = useStore();
  const { feed, id, episode } = entry;
  const title = episode?.title || strings.queue.unknown;
  const remove = () => {
    const run = async () => {
      await store.command("queue.remove", { feed, episode: id });
      store.notify({ level: "info", text: strings.queue.removed(title), topic: "queue", action: undoQueue(store) });
    };
    store.attempt(run());
  };
  return (
    <>
      {episode?.audioUrl && <PlayButton episode={episode} />}
      <div class="grow">
        <h2 class="clamp">
          <a class="plain-link" href={hashOf({ page: "episode", feed, id: episode?.id ?? id })}>
            {title}
          </a>
        </h2>
        <RowFacts source={episode?.feedTitle ?? feed} facts={[leftOf(episode) ? clock(leftOf(episode)) : ""]} />
      </div>
      <div class="row-actions">
        <IconButton
          icon="up"
          label={strings.queue.up(title)}
          disabled={first}
          onClick={() => move(-1)}
          testId="queue-up"
        />
        <IconButton
          icon="down"
          label={strings.queue.down(title)}
          disabled={last}
          onClick={() => move(1)}
          testId="queue-down"
        />
        <IconButton icon="close" label={`${strings.queue.remove}: ${title}`} onClick={remove} testId="queue-remove" />
      </div>
    </>
  );
}
