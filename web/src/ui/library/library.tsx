// The subscriptions, and the form that adds one.

import { useState } from "preact/hooks";
import type { Subscription } from "../protocol";
import { Artwork, Busy, IconButton, Problem, ScreenTitle, useTask } from "./controls";
import { typedAddress } from "./format";
import { hashOf } from "./route";
import { useStore } from "./store";
import { strings } from "./strings";

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
    </div>
  );
}

function AddFeed() {
  const store = useStore();
  const [typed, setTyped] = useState("");
  const [mistyped, setMistyped] = useState("");
  const task = useTask();
  const add = (event: Event) => {
    event.preventDefault();
    const url = typedAddress(typed);
    setMistyped(url ? "" : strings.library.notAnAddress);
    if (!url) return;
    task.run(async () => {
      const { title } = await store.command("library.add", { url });
      setTyped("");
      store.notify({ level: "info", text: strings.library.added(title) });
    });
  };
  return (
    <form class="card stack tight" onSubmit={add}>
      <label for="feed-url">{strings.library.addLabel}</label>
      <div class="row">
        <input
          id="feed-url"
          class="grow"
          data-testid="feed-url"
          inputMode="url"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          placeholder={strings.library.addPlaceholder}
          aria-describedby="feed-problem"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <button class="primary" data-testid="feed-add" disabled={task.busy}>
          {strings.library.add}
        </button>
      </div>
      <Busy text={task.busy ? strings.library.adding : ""} />
      <Problem id="feed-problem" text={mistyped || task.problem} />
    </form>
  );
}

function Subscriptions({ list }: { list: Subscription[] | null }) {
  if (!list) return <Busy text={strings.library.loading} />;
  if (list.length === 0) {
    return (
      <div class="empty">
        <h2>{strings.library.emptyTitle}</h2>
        <p>{strings.library.emptyBody}</p>
      </div>
    );
  }
  return (
    <ul class="plain stack tight">
      {list.map((subscription) => (
        <SubscriptionRow key={subscription.feed} subscription={subscription} />
      ))}
    </ul>
  );
}

function SubscriptionRow({ subscription }: { subscription: Subscription }) {
  const { feed, title, icon, episodes, played, problem } = subscription;
  const name = title || feed;
  return (
    <li class="card subscription" data-testid="subscription-row">
      <Artwork address={icon} title={name} />
      <div class="grow">
        <a class="cover" href={hashOf({ page: "feed", feed })}>
          {name}
        </a>
        <p class="quiet">{strings.library.counts(episodes, played)}</p>
        {problem && <p class="problem">{strings.library.problem(problem)}</p>}
      </div>
    </li>
  );
}
