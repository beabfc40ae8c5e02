// Tells when a tab that should be heard from has gone silent, without taking this tab's own sleep for the other's.

/** Silence of one other tab. Times are milliseconds of one monotonic clock. */
export class Silence {
  readonly #limitMs: number;
  readonly #stepMs: number;
  #heardAt: number;
  #lookedAt: number;

  /** Broken after `limitMs` without a sign, if `isBroken` is asked about every `stepMs`. */
  constructor(limitMs: number, stepMs: number, now: number) {
    this.#limitMs = limitMs;
    this.#stepMs = stepMs;
    this.#heardAt = now;
    this.#lookedAt = now;
  }

  heard(now: number): void {
    this.#heardAt = now;
  }

  /** Whether the other has been silent for too long. Who asks late has slept, and may have missed what was said. */
  isBroken(now: number): boolean {
    if (now - this.#lookedAt > 2 * this.#stepMs) this.#heardAt = now;
    this.#lookedAt = now;
    return now - this.#heardAt >= this.#limitMs;
  }
}
