// A list of episodes of any length. Rows have one height, so that the list knows how long it is without drawing it.

import { useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { Episode } from "../../protocol";
import { Busy, Problem } from "../controls";
import { sentence } from "../store";
import { strings } from "../strings";
import { EpisodeRow } from "./episode_row";
import { type Load, usePages, useSpan } from "./window";

const ROW_REM = 7.5; // the height of .rows > li in screens.css, and the gap to the next

interface Props {
  name: string; // of the list, for screen readers
  id: string; // changes with what the list is about
  load: Load<Episode>;
  empty: ComponentChildren;
  showFeed?: boolean;
}

export function EpisodeList({ name, id, load, empty, showFeed = false }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const height = ROW_REM * rem();
  const total = useRef(0);
  const span = useSpan(list, height, total.current);
  const pages = usePages(id, span, load);
  total.current = pages.total ?? 0;
  if (pages.error) return <Problem text={sentence(pages.error)} />;
  if (pages.total === 0) return <>{empty}</>;
  const shown = Array.from({ length: span.end - span.first }, (_, at) => span.first + at);
  return (
    <>
      {pages.total === null && <Busy text={strings.library.loading} />}
      <ul
        ref={list}
        class="plain rows"
        aria-label={name}
        data-testid="episode-list"
        data-total={pages.total ?? ""}
        style={{ height: `${total.current * ROW_REM}rem` }}
      >
        {shown.map((at) => (
          <Slot key={at} at={at} total={total.current} episode={pages.row(at)} showFeed={showFeed} />
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
  const place = { transform: `translateY(${at * ROW_REM}rem)` };
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

function rem(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}
