// The seat that one tab at a time has: whoever holds a Web Lock leads, and is the only one whose changes count. A tab
// that ends frees the seat by itself; from one that hangs it can be taken, which that one may notice late. So a change
// counts only if the seat is still held after it was stored.

const SEAT = "skypod-library";
const TAB = "skypod-tab-"; // and the tab's name: held for as long as the tab lives

const forever = new Promise<never>(() => {});

/** One tab's place in the queue for the seat, and its hold on it. */
export class Seat {
  readonly tab = crypto.randomUUID();
  readonly #onLost: () => void;
  readonly #client: Promise<string>; // this worker's name among the holders of locks

  /** `onLost`: another tab has taken the seat. */
  constructor(onLost: () => void) {
    this.#onLost = onLost;
    this.#client = holdOwn(TAB + this.tab);
  }

  /** Takes the seat if it is free. */
  takeIfFree(): Promise<boolean> {
    return this.#request({ ifAvailable: true });
  }

  /** Waits for its turn: true when the seat is free and taken, false if the wait was given up. */
  queue(giveUp: AbortSignal): Promise<boolean> {
    return this.#request({ signal: giveUp });
  }

  /** Takes the seat from whoever has it. */
  async steal(): Promise<void> {
    await this.#request({ steal: true });
  }

  /** Whether this tab has the seat, as the browser says, which knows before this tab does. */
  async isHeld(): Promise<boolean> {
    const client = await this.#client;
    const { held } = await navigator.locks.query();
    return held?.some((lock) => lock.name === SEAT && lock.clientId === client) ?? false;
  }

  #request(options: LockOptions): Promise<boolean> {
    return new Promise((resolve) => {
      let taken = false;
      const request = navigator.locks.request(SEAT, options, (lock) => {
        taken = lock !== null;
        resolve(taken);
        return taken ? forever : undefined;
      });
      request.catch(() => (taken ? this.#onLost() : resolve(false)));
    });
  }
}

/** Whether no other tab leads, or waits to. */
export async function isOnlyTab(): Promise<boolean> {
  const { held } = await navigator.locks.query();
  return (held ?? []).filter(({ name }) => name?.startsWith(TAB)).length <= 1;
}

/** Resolves when that tab has ended. */
export async function ended(tab: string): Promise<void> {
  await navigator.locks.request(TAB + tab, { mode: "shared" }, () => {});
}

function holdOwn(name: string): Promise<string> {
  return new Promise((resolve) => {
    void navigator.locks.request(name, async () => {
      const { held } = await navigator.locks.query();
      resolve(held?.find((lock) => lock.name === name)?.clientId ?? "");
      return forever;
    });
  });
}
