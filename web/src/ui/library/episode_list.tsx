// A list of episodes of any length. Rows have one height, so that the list knows how long it is without drawing it.

import { useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { Episode } from "../../protocol";
import { Busy, Problem } from "../controls";
import { sentence } from "../store";
import { strings } from "../strings";
import { EpisodeRow } from "./episode_row";
import { type Load, usePages, useSpan } from "./window";

interface Props {
  name: string; // of the list, for screen readers
  load: Load<Episode>;
  empty: ComponentChildren; // what to say if there is nothing
  showFeed?: boolean;
}

export function EpisodeList({ name, load, empty, showFeed = false }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const height = rowHeight();
  const known = useRef<number | null>(null);
  const span = useSpan(list, height, known.current);
  const pages = usePages(span, load);
  const nothing = useRef(empty); // as it was said of the list that is shown
  known.current = pages.total;
  if (pages.isOf(load)) nothing.current = empty;
  if (pages.error) return <Problem text={sentence(pages.error)} />;
  if (pages.total === 0) return <>{nothing.current}</>;
  const total = pages.total ?? 0;
  const first = Math.min(span.first, total);
  const shown = Array.from({ length: Math.min(span.end, total) - first }, (_, at) => first + at);
  return (
    <>
      {pages.total === null && <Busy text={strings.library.loading} />}
      <ul
        ref={list}
        class="plain rows"
        aria-label={name}
        aria-busy={!pages.isOf(load)}
        data-testid="episode-list"
        data-total={pages.total ?? ""}
        style={{ height: `calc(var(--row) * ${total})` }}
      >
        {shown.map((at) => (
          <Slot key={at} at={at} total={total} episode={pages.row(at)} showFeed={showFeed} />
        ))}
      </ul>
    </>
  );
}

interface SlotProps {
  at: number;
  total: number;
  episode: Episode | null;
  showFeed: boolean;
}

function Slot({ at, total, episode, showFeed }: SlotProps) {
  const place = { transform: `translateY(calc(var(--row) * ${at}))` };
  const size = { "aria-setsize": total, "aria-posinset": at + 1 };
  if (!episode) {
    return (
      <li class="card episode waiting" style={place} {...size}>
        <span class="quiet">…</span>
      </li>
    );
  }
  return (
    <li class="card episode" data-testid="episode-row" data-episode-id={episode.id} style={place} {...size}>
      <EpisodeRow episode={episode} showFeed={showFeed} />
    </li>
  );
}

/** From one row to the next, in pixels: `--row` of tokens.css, which is in rem. */
function rowHeight(): number {
  const root = getComputedStyle(document.documentElement);
  return Number.parseFloat(root.getPropertyValue("--row")) * Number.parseFloat(root.fontSize);
}
