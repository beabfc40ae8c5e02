// Whom a feed's address may be told to, and by which way this device gets at it.

import type { Reach, Subscription } from "../../protocol";
import { useStore } from "../store";
import { said, strings } from "../strings";

interface Props {
  subscription: Subscription;
  attempt: (task: () => Promise<void>) => void;
}

/** The choice, and what it means for this feed. */
export function FeedReach({ subscription, attempt }: Props) {
  const { feed, reach, way, login } = subscription;
  const store = useStore();
  const words = strings.feedReach;
  const choose = (chosen: Reach) => {
    attempt(async () => void (await store.command("library.reach", { feed, reach: chosen })));
  };
  return (
    <div class="stack tight">
      {login === null ? (
        <label class="field">
          {words.label}
          <select
            data-testid="feed-reach"
            value={reach}
            onChange={(event) => choose(event.currentTarget.value as Reach)}
          >
            <option value="">{words.guess}</option>
            <option value="realm">{words.realm}</option>
            <option value="everyone">{words.everyone}</option>
          </select>
        </label>
      ) : (
        <p data-testid="feed-login">{words.login(login)}</p>
      )}
      <p class="quiet" data-testid="feed-way" data-way={way}>
        {subscription.private ? words.private : words.public} {words.ways[way]}
      </p>
    </div>
  );
}

/** Why a feed was not refreshed, in the reader's language where it has a sentence for it; "" if it was. */
export function problemOf({ problem, problemCode }: Subscription): string {
  return said(problemCode) ?? problem;
}
