// Which episodes of a list are shown. The choice is kept while the app is open, for each kind of list.

import { signal } from "@preact/signals";
import type { Filter } from "../../protocol";
import { strings } from "../strings";

const FILTERS = ["unplayed", "started", "played", "all"] as const;

export const inboxFilter = signal<Filter>("unplayed");
export const feedFilter = signal<Filter>("all");

interface Props {
  chosen: Filter;
  choose: (filter: Filter) => void;
}

export function Filters({ chosen, choose }: Props) {
  return (
    <div class="segments" role="group" aria-label={strings.filter.label}>
      {FILTERS.map((filter) => (
        <button
          key={filter}
          class="small"
          aria-pressed={filter === chosen}
          data-testid={`filter-${filter}`}
          onClick={() => choose(filter)}
        >
          {strings.filter[filter]}
        </button>
      ))}
    </div>
  );
}
