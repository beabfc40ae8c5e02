// Stops the player when its listener is likely to be asleep: after some minutes, or at the end of the episode.

import { signal } from "@preact/signals";

export type Sleep = { kind: "after"; untilMs: number } | { kind: "episode" } | null;

const FADE_MS = 6000;
const STEP_MS = 250;

type Element = Pick<HTMLAudioElement, "volume">;

export class SleepTimer {
  readonly state = signal<Sleep>(null);
  readonly leftS = signal(0); // of "after"

  readonly #audio: Element;
  readonly #stop: () => void;
  readonly #now: () => number;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(audio: Element, stop: () => void, now: () => number = () => Date.now()) {
    this.#audio = audio;
    this.#stop = stop;
    this.#now = now;
  }

  after(minutes: number): void {
    this.cancel();
    this.state.value = { kind: "after", untilMs: this.#now() + minutes * 60_000 };
    this.#timer = setInterval(() => this.tick(), STEP_MS);
    this.tick();
  }

  atEndOfEpisode(): void {
    this.cancel();
    this.state.value = { kind: "episode" };
  }

  cancel(): void {
    clearInterval(this.#timer);
    this.#audio.volume = 1;
    this.state.value = null;
  }

  /** Whether it keeps the player from going on, now that an episode has ended; then it has done its work. */
  holdsAtEnd(): boolean {
    const holds = this.state.value?.kind === "episode";
    if (holds) this.cancel();
    return holds;
  }

  tick(): void {
    const state = this.state.value;
    if (state?.kind !== "after") return;
    const leftMs = state.untilMs - this.#now();
    this.leftS.value = Math.max(0, Math.ceil(leftMs / 1000));
    this.#audio.volume = Math.max(0, Math.min(1, leftMs / FADE_MS));
    if (leftMs > 0) return;
    this.#stop();
    this.cancel();
  }
}
