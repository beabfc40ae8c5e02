// One subscription and its episodes, newest first, however many there are.

import { useCallback, useState } from "preact/hooks";
import type { Episode, Subscription } from "../../protocol";
import { Artwork, BackLink, Busy, Confirm, Problem, ScreenTitle, useTask } from "../controls";
import { go, hashOf } from "../route";
import { useStore } from "../store";
import { strings } from "../strings";
import { EpisodeList } from "./episode_list";
import { problemOf } from "./feed_reach";
import { FeedSettings } from "./feed_settings";
import { feedFilter, Filters } from "./filters";
import { MarkAll } from "./mark_all";
import type { Load } from "./window";

export function FeedScreen({ feed }: { feed: string }) {
  const subscriptions = useStore().subscriptions.value;
  const subscription = subscriptions?.find((known) => known.feed === feed);
  return (
    <div class="stack">
      <BackLink href={hashOf({ page: "library" })}>{strings.feed.back}</BackLink>
      {subscription ? (
        <>
          <FeedHead subscription={subscription} />
          <Filters chosen={feedFilter.value} choose={(chosen) => (feedFilter.value = chosen)} />
          <Episodes feed={feed} />
        </>
      ) : (
        <NoFeed reading={subscriptions === null} />
      )}
    </div>
  );
}

function NoFeed({ reading }: { reading: boolean }) {
  if (reading) return <Busy text={strings.library.loading} />;
  return (
    <>
      <ScreenTitle>{strings.app.library}</ScreenTitle>
      <p>{strings.feed.gone}</p>
    </>
  );
}

function FeedHead({ subscription }: { subscription: Subscription }) {
  const { title, feed, description, icon } = subscription;
  const problem = problemOf(subscription);
  const name = title || feed;
  return (
    <header class="feed-head">
      <Artwork address={icon} feed={feed} title={name} />
      <div class="grow stack tight">
        <ScreenTitle>{name}</ScreenTitle>
        {description && <p class="quiet clamp">{description}</p>}
        {problem && <p class="problem">{strings.library.problem(problem)}</p>}
        <FeedActions subscription={subscription} name={name} />
      </div>
    </header>
  );
}

function FeedActions({ subscription, name }: { subscription: Subscription; name: string }) {
  const { feed } = subscription;
  const store = useStore();
  const task = useTask();
  const [asking, setAsking] = useState(false);
  const [changing, setChanging] = useState(false);
  const refresh = () => task.run(async () => void (await store.command("library.refresh", { feed })));
  const remove = () => {
    setAsking(false);
    task.run(async () => {
      await store.command("library.remove", { feed });
      store.notify({ level: "info", topic: "subscribe", text: strings.feed.unsubscribed(name) });
      go({ page: "library" });
    });
  };
  return (
    <>
      <div class="row wrap">
        <button class="small" disabled={task.busy} onClick={refresh}>
          {strings.library.refresh}
        </button>
        <MarkAll feeds={[feed]} />
        <button
          class="small"
          data-testid="feed-settings"
          aria-expanded={changing}
          onClick={() => setChanging((open) => !open)}
        >
          {strings.feedSettings.open}
        </button>
        <button class="small" data-testid="unsubscribe" disabled={task.busy} onClick={() => setAsking(true)}>
          {strings.feed.unsubscribe}
        </button>
      </div>
      <Busy text={task.busy ? strings.library.refreshing : ""} />
      <Problem text={task.problem} />
      {changing && <FeedSettings subscription={subscription} close={() => setChanging(false)} />}
      {asking && (
        <Confirm
          title={strings.feed.unsubscribeTitle(name)}
          confirm={strings.feed.unsubscribe}
          onConfirm={remove}
          onCancel={() => setAsking(false)}
        >
          {strings.feed.unsubscribeBody}
        </Confirm>
      )}
    </>
  );
}

function Episodes({ feed }: { feed: string }) {
  const store = useStore();
  const filter = feedFilter.value;
  const load = useCallback<Load<Episode>>(
    async (page) => {
      const { total, episodes } = await store.command("library.episodes", { feed, filter, ...page });
      return { total, rows: episodes };
    },
    [feed, filter],
  );
  const empty = filter === "all" ? strings.feed.empty : strings.filter.nothing;
  return (
    <EpisodeList name={strings.feed.episodes} load={load} empty={<p class="empty">{empty}</p>} />
  );
}
