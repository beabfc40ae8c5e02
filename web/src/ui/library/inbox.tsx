// What is new in all feeds together, or in one folder or under one tag.

import { useCallback } from "preact/hooks";
import type { Episode } from "../../protocol";
import { BackLink, ScreenTitle } from "../controls";
import { hashOf } from "../route";
import { type Store, useStore } from "../store";
import { strings } from "../strings";
import { EpisodeList } from "./episode_list";
import { Filters, inboxFilter } from "./filters";
import { MarkAll } from "./mark_all";
import type { Load } from "./window";

interface Props {
  folder?: string;
  tag?: string;
}

export function Inbox({ folder = "", tag = "" }: Props) {
  const store = useStore();
  const filter = inboxFilter.value;
  const part = folder || tag;
  const load = useCallback<Load<Episode>>(
    async (page) => {
      const narrowed = { ...(folder && { folder }), ...(tag && { tag }) };
      const { total, episodes } = await store.command("library.inbox", { filter, ...narrowed, ...page });
      return { total, rows: episodes };
    },
    [filter, folder, tag],
  );
  return (
    <div class="stack">
      {part && <BackLink href={hashOf({ page: "library" })}>{strings.library.title}</BackLink>}
      <div class="row wrap">
        <ScreenTitle>{part || strings.inbox.title}</ScreenTitle>
        <MarkAll feeds={feedsOf(store, folder, tag)} />
      </div>
      <Filters chosen={filter} choose={(chosen) => (inboxFilter.value = chosen)} />
      <EpisodeList
        name={part || strings.inbox.title}
        load={load}
        showFeed
        empty={<Nothing subscribed={(store.subscriptions.value?.length ?? 0) > 0} unplayed={filter === "unplayed"} />}
      />
    </div>
  );
}

function feedsOf(store: Store, folder: string, tag: string): string[] {
  return (store.subscriptions.value ?? [])
    .filter((it) => (!folder || it.folder === folder) && (!tag || it.tags.includes(tag)))
    .map(({ feed }) => feed);
}

function Nothing({ subscribed, unplayed }: { subscribed: boolean; unplayed: boolean }) {
  return (
    <div class="empty">
      <h2>
        {!subscribed ? strings.library.emptyTitle : unplayed ? strings.inbox.doneTitle : strings.inbox.emptyTitle}
      </h2>
      {!subscribed && (
        <p>
          <a href={hashOf({ page: "library" })}>{strings.inbox.addFirst}</a>
        </p>
      )}
      {subscribed && <p>{unplayed ? strings.inbox.doneBody : strings.inbox.emptyBody}</p>}
    </div>
  );
}
