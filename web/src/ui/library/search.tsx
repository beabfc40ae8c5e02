// Full-text search over everything that this device knows.

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Episode } from "../../protocol";
import { ScreenTitle } from "../controls";
import { hashOf } from "../route";
import { useStore } from "../store";
import { strings } from "../strings";
import { EpisodeList } from "./episode_list";
import type { Load } from "./window";

const PAUSE_MS = 120; // in typing, before it is searched

export function Search({ words: initial }: { words: string }) {
  const store = useStore();
  const field = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState(initial);
  useLayoutEffect(() => field.current?.focus(), []);
  const remember = (typed: string) => {
    setWords(typed.trim());
    history.replaceState(null, "", hashOf({ page: "search", words: typed.trim() }));
  };
  const type = useDebounced(remember);
  const load = useCallback<Load<Episode>>(
    async (page) => {
      const { total, episodes } = await store.command("library.search", { words, ...page });
      return { total, rows: episodes };
    },
    [words],
  );
  return (
    <div class="stack">
      <ScreenTitle focus={false}>{strings.search.title}</ScreenTitle>
      <form role="search" onSubmit={(event) => event.preventDefault()}>
        <input
          ref={field}
          type="search"
          aria-label={strings.search.label}
          placeholder={strings.search.placeholder}
          data-testid="search-words"
          defaultValue={initial}
          onInput={(event) => type(event.currentTarget.value)}
        />
      </form>
      {words === "" ? (
        <p class="empty">{strings.search.hint}</p>
      ) : (
        <EpisodeList
          name={strings.search.results}
          id={`search ${words}`}
          load={load}
          showFeed
          empty={<p class="empty" role="status">{strings.search.nothing(words)}</p>}
        />
      )}
    </div>
  );
}

function useDebounced(run: (value: string) => void): (value: string) => void {
  const timer = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  return (value) => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => run(value), PAUSE_MS);
  };
}
