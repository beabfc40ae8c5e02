// Skips silences while an episode plays, from end to end: starting again after a jump takes a browser about a tenth
// of a second, which is pause enough. It jumps with a timer that is set for the next silence, as a browser tells the
// position only a few times a second.

import { signal } from "@preact/signals";
import type { Silence } from "./audio_map";

const WORTH_S = 0.15; // a jump over less costs more than it saves

export interface Jump {
  fromS: number;
  toS: number;
}

/** The next jump from `positionS` on; null if there is none. */
export function nextJump(silences: readonly Silence[], positionS: number): Jump | null {
  let low = 0;
  let high = silences.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (silences[middle]![1] - WORTH_S > positionS) high = middle;
    else low = middle + 1;
  }
  for (const [start, end] of silences.slice(low)) {
    const jump = { fromS: Math.max(positionS, start), toS: end };
    if (jump.toS - jump.fromS >= WORTH_S) return jump;
  }
  return null;
}

type Element = Pick<HTMLAudioElement, "currentTime" | "playbackRate" | "paused" | "seeking" | "addEventListener">;

const EARLY_MS = 4; // timers are late rather than early

export class SilenceSkipper {
  readonly savedS = signal(0); // of the present episode

  readonly #audio: Element;
  readonly #jumpTo: (seconds: number) => void;
  #silences: readonly Silence[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(audio: Element, jumpTo: (seconds: number) => void) {
    this.#audio = audio;
    this.#jumpTo = jumpTo;
    for (const event of ["playing", "seeked", "ratechange", "timeupdate"]) {
      audio.addEventListener(event, () => this.#look());
    }
    for (const event of ["pause", "waiting", "emptied", "ended"]) {
      audio.addEventListener(event, () => clearTimeout(this.#timer));
    }
  }

  /** The silences of what the element plays from now on; none: nothing is skipped. */
  follow(silences: readonly Silence[]): void {
    this.#silences = silences;
    clearTimeout(this.#timer);
    this.#look();
  }

  #look(): void {
    clearTimeout(this.#timer);
    if (this.#audio.paused || this.#audio.seeking) return;
    const jump = nextJump(this.#silences, this.#audio.currentTime);
    if (!jump) return;
    const waitMs = ((jump.fromS - this.#audio.currentTime) / this.#audio.playbackRate) * 1000;
    if (waitMs > EARLY_MS) {
      this.#timer = setTimeout(() => this.#look(), waitMs);
      return;
    }
    this.savedS.value += jump.toS - this.#audio.currentTime;
    this.#jumpTo(jump.toS);
  }
}
