// Adds a feed by any address that a person has at hand: the feed's own, or that of a page which names its feeds. One
// that looks private is not given to the server unless people say so.

import { useEffect, useState } from "preact/hooks";
import { CoreError, type Reach } from "../../protocol";
import { Busy, Check, Problem, useTask } from "../controls";
import { typedAddress } from "../format";
import { type FoundFeed, isPrivate, useProxy } from "../proxy";
import { go } from "../route";
import { shared } from "../shared";
import { useStore } from "../store";
import { strings } from "../strings";
import { type Login, LoginFields, withLogin } from "./login_fields";

/** What has been typed, and what came of adding it. */
function useAdding() {
  const store = useStore();
  const proxy = useProxy();
  const [typed, setTyped] = useState(shared.value);
  useEffect(() => void (shared.value = ""), []);
  const [found, setFound] = useState<FoundFeed[]>([]);
  const [secret, setSecret] = useState(false); // people have said so
  const [withheld, setWithheld] = useState(""); // the address that the server was not told of
  const [login, setLogin] = useState<Login | null>(null); // what the feed's host wants
  const task = useTask();
  const subscribe = async (address: string, reach: Reach = secret ? "realm" : "") => {
    setWithheld("");
    const url = login ? withLogin(address, login) : address;
    const { feed, title, known } = await store.command("library.add", { url, reach }).catch((error: unknown) => {
      if (isPrivate(error)) setWithheld(url);
      if (wantsLogin(error)) setLogin((now) => now ?? { name: "", password: "" });
      throw error;
    });
    setTyped("");
    setLogin(null);
    setSecret(false);
    setFound([]);
    const text = known ? strings.library.known(title) : strings.library.added(title);
    store.notify({ level: "info", topic: "subscribe", text });
    if (known) go({ page: "feed", feed });
  };
  const discover = async (url: string) => {
    try {
      await subscribe(url);
    } catch (error) {
      const feeds = secret || wantsLogin(error) ? [] : await proxy.discover(url).catch(() => []);
      if (feeds.length === 0 || !(error instanceof CoreError)) throw error;
      if (feeds.length === 1) await subscribe(feeds[0]!.url);
      else setFound(feeds);
    }
  };
  const allow = () => subscribe(withheld, "everyone");
  const begin = () => (setFound([]), setWithheld(""));
  const type = (text: string) => (setTyped(text), setLogin(null));
  return { typed, type, secret, setSecret, found, withheld, login, setLogin, task, begin, subscribe, discover, allow };
}

const wantsLogin = (error: unknown) => error instanceof CoreError && error.code === "login_refused";

export function AddFeed() {
  const adding = useAdding();
  const { typed, type, secret, setSecret, found, withheld, login, task, begin, subscribe, discover, allow } = adding;
  const [mistyped, setMistyped] = useState("");
  const add = (event: Event) => {
    event.preventDefault();
    const url = typedAddress(typed);
    setMistyped(url ? "" : strings.library.notAnAddress);
    begin();
    if (url) task.run(() => discover(url));
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
          onInput={(event) => type(event.currentTarget.value)}
        />
        <button class="primary" data-testid="feed-add" disabled={task.busy}>
          {strings.library.add}
        </button>
      </div>
      {login && <LoginFields login={login} change={adding.setLogin} />}
      <Check label={strings.feedReach.keep} checked={secret} choose={setSecret} testId="feed-private" light />
      <Busy text={task.busy ? strings.library.adding : ""} />
      <Problem id="feed-problem" text={mistyped || task.problem} />
      {withheld && (
        <button
          type="button"
          class="small"
          data-testid="feed-allow"
          disabled={task.busy}
          onClick={() => task.run(allow)}
        >
          {strings.feedReach.allow}
        </button>
      )}
      {found.length > 0 && (
        <Choice feeds={found} busy={task.busy} choose={(feed) => task.run(() => subscribe(feed.url))} />
      )}
    </form>
  );
}

interface ChoiceProps {
  feeds: FoundFeed[];
  busy: boolean;
  choose: (feed: FoundFeed) => void;
}

function Choice({ feeds, busy, choose }: ChoiceProps) {
  return (
    <div role="group" aria-label={strings.library.choose} class="stack tight">
      <p>{strings.library.choose}</p>
      {feeds.map((feed) => (
        <button
          key={feed.url}
          type="button"
          class="found"
          data-testid="found-feed"
          disabled={busy}
          onClick={() => choose(feed)}
        >
          <span>{feed.title || feed.url}</span>
          <span class="quiet ellipsis">{feed.url}</span>
        </button>
      ))}
    </div>
  );
}
