// One subscription and its episodes, newest first as the core gives them, a page at a time.

import { useEffect, useState } from "preact/hooks";
import type { Episode, Subscription } from "../protocol";
import { Artwork, BackLink, Busy, Confirm, Problem, ScreenTitle, useTask } from "./controls";
import { EpisodeRow } from "./episode_row";
import { go, hashOf } from "./route";
import { sentence, useStore } from "./store";
import { strings } from "./strings";

const PAGE = 50; // episodes

export function FeedScreen({ feed }: { feed: string }) {
  const subscriptions = useStore().subscriptions.value;
  const subscription = subscriptions?.find((known) => known.feed === feed);
  return (
    <div class="stack">
      <BackLink href={hashOf({ page: "library" })}>{strings.feed.back}</BackLink>
      {subscription ? (
        <>
          <FeedHead subscription={subscription} />
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
  const { title, feed, description, icon, problem } = subscription;
  const name = title || feed;
  return (
    <header class="feed-head">
      <Artwork address={icon} title={name} />
      <div class="grow stack tight">
        <ScreenTitle>{name}</ScreenTitle>
        {description && <p class="quiet clamp">{description}</p>}
        {problem && <p class="problem">{strings.library.problem(problem)}</p>}
        <FeedActions feed={feed} name={name} />
      </div>
    </header>
  );
}

function FeedActions({ feed, name }: { feed: string; name: string }) {
  const store = useStore();
  const task = useTask();
  const [asking, setAsking] = useState(false);
  const refresh = () => task.run(async () => void (await store.command("library.refresh", { feed })));
  const remove = () => {
    setAsking(false);
    task.run(async () => {
      await store.command("library.remove", { feed });
      store.notify({ level: "info", text: strings.feed.unsubscribed(name) });
      go({ page: "library" });
    });
  };
  return (
    <>
      <div class="row">
        <button class="small" disabled={task.busy} onClick={refresh}>
          {strings.library.refresh}
        </button>
        <button class="small" data-testid="unsubscribe" disabled={task.busy} onClick={() => setAsking(true)}>
          {strings.feed.unsubscribe}
        </button>
      </div>
      <Busy text={task.busy ? strings.library.refreshing : ""} />
      <Problem text={task.problem} />
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
  const [limit, setLimit] = useState(PAGE);
  const { episodes, total, problem } = useEpisodes(feed, limit);
  if (problem) return <Problem text={problem} />;
  if (!episodes) return <Busy text={strings.library.loading} />;
  if (episodes.length === 0) return <p class="empty">{strings.feed.empty}</p>;
  const left = total - episodes.length;
  return (
    <section aria-label={strings.feed.episodes}>
      <ul class="plain stack tight">
        {episodes.map((episode) => (
          <EpisodeRow key={episode.id} episode={episode} />
        ))}
      </ul>
      {left > 0 && (
        <button class="more" onClick={() => setLimit(limit + PAGE)}>
          {strings.feed.more(left)}
        </button>
      )}
    </section>
  );
}

interface Read {
  episodes: Episode[] | null;
  total: number;
  problem: string;
}

// Asks again whenever the library changes; an answer that a newer question has overtaken is dropped.
function useEpisodes(feed: string, limit: number): Read {
  const store = useStore();
  const version = store.libraryVersion.value;
  const [read, setRead] = useState<Read>({ episodes: null, total: 0, problem: "" });
  useEffect(() => {
    let overtaken = false;
    store.command("library.episodes", { feed, offset: 0, limit }).then(
      (answer) => overtaken || setRead({ ...answer, problem: "" }),
      (error: unknown) => overtaken || setRead({ episodes: null, total: 0, problem: sentence(error) }),
    );
    return () => void (overtaken = true);
  }, [feed, limit, version]);
  return read;
}
