// What the workers of several tabs say to each other: one leads and has the library, the others bring it what their
// pages want and hear what it tells. A tab that was deposed may go on speaking until it notices, so everything carries
// the leader's term, of which only the highest counts.

import type { FromWorker, ToLeader } from "./boundary";
import type { Identity } from "./identity";

const CHANNEL = "skypod-tabs";

/** How often a leader shows that it is alive, while there is another tab. */
export const BEAT_MS = 200;
/** How long it may be silent before another tab takes over: long enough for its longest task. */
export const SILENCE_MS = 700;
/** On top, at random, so that of many tabs one is the first. */
export const SILENCE_SPREAD_MS = 200;

/** Two tabs are of one build if their workers are: the name of the file carries a hash of all that is in it. */
export const BUILD = self.location.pathname;

export type TabMessage =
  | { kind: "hello"; tab: string } // to the leader, and to each new one
  | { kind: "beat"; term: number; build: string }
  | { kind: "ask"; term: number; tab: string; message: ToLeader }
  | { kind: "tell"; term: number; tab: string | null; message: FromWorker } // null: to all
  | { kind: "heir"; term: number; tab: string; self: Identity }; // unlocked, so that no tab asks for a passkey again

/** Shows life before the term is known. */
export const SEATED: TabMessage = { kind: "beat", term: 0, build: BUILD };

/** The channel between this tab's worker and those of all other tabs. */
export class Tabs {
  readonly #channel = new BroadcastChannel(CHANNEL);

  constructor(receive: (message: TabMessage) => void) {
    this.#channel.onmessage = ({ data }: MessageEvent<TabMessage>) => receive(data);
  }

  say(message: TabMessage): void {
    this.#channel.postMessage(message);
  }
}
