// Full-text search over everything that this device knows. Each key is searched for at once; what takes longer than the
// next key is left out, and what was found before stays until there is something newer.

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Episode } from "../../protocol";
import { ScreenTitle } from "../controls";
import { hashOf, parseRoute } from "../route";
import { useStore } from "../store";
import { strings } from "../strings";
import { EpisodeList } from "./episode_list";
import type { Load } from "./window";

const PAUSE_MS = 300; // in typing, before the address follows: browsers limit how often it may change

export function Search({ words: initial }: { words: string }) {
  const store = useStore();
  const field = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState(initial);
  useLayoutEffect(() => field.current?.focus(), []);
  useAddress(words);
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
          onInput={(event) => setWords(event.currentTarget.value.trim())}
        />
      </form>
      {words === "" ? (
        <p class="empty">{strings.search.hint}</p>
      ) : (
        <EpisodeList
          name={strings.search.results}
          load={load}
          showFeed
          empty={
            <p class="empty" role="status">
              {strings.search.nothing(words)}
            </p>
          }
        />
      )}
    </div>
  );
}

/** Keeps the words in the address, for who comes back: after a pause, and before anything else gets the focus. */
function useAddress(words: string): void {
  useEffect(() => {
    const remember = () => {
      const isHere = parseRoute(location.hash).page === "search"; // and nobody is on the way elsewhere
      if (isHere) history.replaceState(null, "", hashOf({ page: "search", words }));
    };
    const pause = window.setTimeout(remember, PAUSE_MS);
    document.addEventListener("focusout", remember);
    return () => {
      window.clearTimeout(pause);
      document.removeEventListener("focusout", remember);
    };
  }, [words]);
}
