// The subscriptions by folder, what can be done with all of them, and the form that adds one.

import { useState } from "preact/hooks";
import type { Subscription } from "../../protocol";
import { Artwork, Busy, IconButton, Problem, ScreenTitle, useTask } from "../controls";
import { hashOf } from "../route";
import { InstallCard } from "../settings/install_section";
import { useStore } from "../store";
import { strings } from "../strings";
import { AddFeed } from "./add_feed";
import { problemOf } from "./feed_reach";
import { byFolder, tagsOf } from "./folders";
import { OpmlSection } from "./opml_section";

export function LibraryScreen() {
  const store = useStore();
  const refreshing = useTask();
  const subscriptions = store.subscriptions.value;
  const refresh = () => refreshing.run(async () => void (await store.command("library.refresh", { feed: null })));
  return (
    <div class="stack">
      <div class="row">
        <ScreenTitle>{strings.library.title}</ScreenTitle>
        {!!subscriptions?.length && <IconButton icon="refresh" label={strings.library.refresh} onClick={refresh} />}
      </div>
      <Busy text={refreshing.busy ? strings.library.refreshing : ""} />
      <Problem text={refreshing.problem} />
      <AddFeed />
      <Subscriptions list={subscriptions} />
      <InstallCard />
      {subscriptions && (
        <OpmlSection any={subscriptions.length > 0} secrets={subscriptions.some(({ login }) => login !== null)} />
      )}
    </div>
  );
}

const NARROW_FROM = 12; // subscriptions: with fewer there is nothing to look for

function Subscriptions({ list }: { list: Subscription[] | null }) {
  const [words, setWords] = useState("");
  if (!list) return <Busy text={strings.library.loading} />;
  if (list.length === 0) {
    return (
      <div class="empty">
        <h2>{strings.library.emptyTitle}</h2>
        <p>{strings.library.emptyBody}</p>
      </div>
    );
  }
  const shown = list.filter(({ title, feed }) => `${title} ${feed}`.toLowerCase().includes(words.toLowerCase()));
  return (
    <>
      <Tags tags={tagsOf(list)} />
      {list.length >= NARROW_FROM && (
        <input
          type="search"
          aria-label={strings.library.narrow}
          placeholder={strings.library.narrow}
          value={words}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
      )}
      {byFolder(shown).map(({ folder, subscriptions }) => (
        <Folder key={folder} folder={folder} subscriptions={subscriptions} />
      ))}
    </>
  );
}

function Tags({ tags }: { tags: string[] }) {
  if (tags.length === 0) return null;
  return (
    <nav class="row wrap" aria-label={strings.library.tags}>
      {tags.map((tag) => (
        <a key={tag} class="chip" href={hashOf({ page: "tag", name: tag })}>
          {tag}
        </a>
      ))}
    </nav>
  );
}

function Folder({ folder, subscriptions }: { folder: string; subscriptions: Subscription[] }) {
  const rows = subscriptions.map((subscription) => (
    <SubscriptionRow key={subscription.feed} subscription={subscription} />
  ));
  if (folder === "") return <ul class="plain grid">{rows}</ul>;
  return (
    <section class="stack tight">
      <h2>
        <a href={hashOf({ page: "folder", name: folder })}>{folder}</a>
      </h2>
      <ul class="plain grid">{rows}</ul>
    </section>
  );
}

function SubscriptionRow({ subscription }: { subscription: Subscription }) {
  const { feed, title, icon, episodes, played } = subscription;
  const problem = problemOf(subscription);
  const name = title || feed;
  const unplayed = episodes - played;
  return (
    <li class="card subscription" data-testid="subscription-row">
      <Artwork address={icon} feed={feed} title={name} />
      <div class="grow">
        <a class="cover clamp" href={hashOf({ page: "feed", feed })}>
          {name}
        </a>
        <p class="quiet">{strings.library.counts(episodes, played)}</p>
        {problem && <p class="problem clamp">{strings.library.problem(problem)}</p>}
      </div>
      {unplayed > 0 && (
        <span class="badge" title={strings.library.unplayed(unplayed)}>
          <span aria-hidden="true">{unplayed > 999 ? "999+" : unplayed}</span>
          <span class="heard-only">{strings.library.unplayed(unplayed)}</span>
        </span>
      )}
    </li>
  );
}
