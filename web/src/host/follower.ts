// A tab that another one leads: it brings the leader what its page wants, hears what the leader tells, and notices when
// the leader hangs or runs another build.

import type { FromWorker, ToLeader } from "./boundary";
import type { Identity } from "./identity";
import { Silence } from "./silence";
import { BUILD, SILENCE_MS, SILENCE_SPREAD_MS, type TabMessage, type Tabs } from "./tabs";

const LOOK_MS = 50;

export class Follower {
  /** Resolves when nothing was heard from a leader for too long. */
  readonly silent: Promise<void>;
  /** Resolves when a leader of another build has shown up. */
  readonly otherBuild: Promise<void>;
  readonly #tab: string;
  readonly #tabs: Tabs;
  readonly #page: (message: FromWorker) => void;
  readonly #silence: Silence;
  #metOther = () => {};
  #term = 0; // of the latest leader; 0: none has been heard
  #started = false; // that one's core
  #heir: Identity | null = null;

  constructor(tab: string, tabs: Tabs, page: (message: FromWorker) => void) {
    this.#tab = tab;
    this.#tabs = tabs;
    this.#page = page;
    this.#silence = new Silence(SILENCE_MS + Math.random() * SILENCE_SPREAD_MS, LOOK_MS, performance.now());
    this.silent = this.#watch();
    this.otherBuild = new Promise((resolve) => (this.#metOther = resolve));
    this.#hello();
  }

  /** The identity as a leader has unlocked it, if a passkey protects it. */
  get heir(): Identity | null {
    return this.#heir;
  }

  /** Passes on what the page asks. WebRTC is the leader's own page's. */
  ask(message: ToLeader): void {
    if (message.kind === "input" && message.input.in !== "nudge") return;
    this.#tabs.say({ kind: "ask", term: this.#term, tab: this.#tab, message });
  }

  /** Takes in what another tab says. */
  receive(message: TabMessage): void {
    if (message.kind === "beat") return this.#hear(message.term, message.build);
    if (message.kind === "hello" || message.kind === "ask" || message.term !== this.#term) return;
    this.#silence.heard(performance.now());
    if (message.kind === "heir" && message.tab === this.#tab) this.#heir = message.self;
    if (message.kind === "tell" && (message.tab ?? this.#tab) === this.#tab) this.#pass(message.message);
  }

  #hello(): void {
    this.#tabs.say({ kind: "hello", tab: this.#tab });
  }

  #hear(term: number, build: string): void {
    this.#silence.heard(performance.now());
    if (term <= this.#term) return; // the same, or one that was deposed and has not noticed yet
    this.#term = term;
    this.#started = false;
    if (build !== BUILD) this.#metOther();
    this.#hello();
  }

  #pass(message: FromWorker): void {
    if (message.kind === "started") {
      if (this.#started) return;
      this.#started = true;
    }
    this.#page(message);
  }

  #watch(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        if (!this.#silence.isBroken(performance.now())) return;
        clearInterval(timer);
        resolve();
      }, LOOK_MS);
    });
  }
}
