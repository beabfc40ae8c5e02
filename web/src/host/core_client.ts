// The core as the page sees it: commands and events over the worker's messages, whichever tab has the core, and the
// WebRTC connections that a worker cannot hold itself.

import { type Commands, type Core, CoreError, type Events, type Passkey } from "../protocol";
import type { FromWorker, Refusal, Replied, RtcOutput, Told, ToWorker } from "./boundary";
import { RtcHost } from "./rtc";
import { onWake } from "./wake";

type Settle = { resolve: (value: never) => void; reject: (error: CoreError) => void };
type Listener = (event: never) => void;

/** A command that is not answered yet. sent: to the core that answers now. */
type Waiting = Settle & { name: string; args: unknown; sent: boolean };

/** Asked of another core once more, these do no harm; of all others nobody knows whether they were carried out. */
const REPEATABLE = /^((library|play|settings)\..*|queue\.(?!undo).*|realm\.members|device\.rename|pairing\.preview)$/;

const INTERRUPTED = new CoreError(
  503,
  "interrupted",
  "Another tab took over before this was confirmed. Look whether it was done, then try again.",
);

const TOLD_WHOLE = new Set(["device", "peers", "identity"]);

const EVERYTHING = ["alias", "device", "episodes", "mark", "play", "queue", "setting", "subscription"];

const STOPPED = "skypod has stopped working on this page. Reload it; nothing that was saved is lost.";

class CoreClient implements Core {
  readonly #start: Starting;
  readonly #rtc = new RtcHost((input) => this.#post({ kind: "input", input }));
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #last = new Map<string, unknown>(); // of the events that are told whole each time
  #worker: Worker | null = null; // null while the page is frozen
  #answering = false; // a core has started and hears this tab
  #everAnswered = false;
  #lastId = 0;

  constructor(start: Starting) {
    this.#start = start;
    this.#employ(true);
    onWake(() => this.#post({ kind: "input", input: { in: "nudge" } }));
    // A page that is about to be frozen leaves the library to another tab; see https://wicg.github.io/page-lifecycle/.
    document.addEventListener("freeze", () => this.#dismiss());
    document.addEventListener("resume", () => this.#employ(false));
  }

  command<Name extends keyof Commands>(name: Name, args: Commands[Name][0]): Promise<Commands[Name][1]> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const waiting = { name, args, resolve, reject, sent: false };
      this.#waiting.set(id, waiting);
      if (this.#answering) this.#send(id, waiting);
    });
  }

  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener as Listener));
    if (this.#last.has(name)) listener(this.#last.get(name) as Events[Name]);
    return () => listeners.delete(listener as Listener);
  }

  #employ(fresh: boolean): void {
    if (this.#worker) return;
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "skypod-core" });
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    worker.onerror = (event) => this.#fail(event.message);
    this.#worker = worker;
    this.#post({ kind: "start", fresh });
  }

  /** What it was asked is asked of the next one. */
  #dismiss(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#answering = false;
    this.#rtc.closeAll();
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #send(id: number, waiting: Waiting): void {
    waiting.sent = true;
    this.#post({ kind: "command", id, name: waiting.name, args: waiting.args });
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case "locked":
        return this.#lock(message);
      case "started":
        return this.#answered();
      case "deposed":
        this.#answering = false;
        return this.#rtc.closeAll();
      case "outdated":
        return this.#emit("outdated", {});
      case "failed":
        return this.#fail(message.message);
      case "output":
        return this.#take(message.output);
    }
  }

  /** A core answers: the first, or another one, which may not know what its predecessor was asked. */
  #answered(): void {
    this.#answering = true;
    for (const [id, waiting] of [...this.#waiting]) {
      if (!waiting.sent || REPEATABLE.test(waiting.name)) this.#send(id, waiting);
      else this.#settle({ out: "replied", id, error: INTERRUPTED });
    }
    if (this.#everAnswered) this.#emit("library.changed", { what: EVERYTHING });
    this.#everAnswered = true;
    this.#start.started(this);
  }

  #lock(message: { passkey: Passkey; refused: boolean }): void {
    if (this.#everAnswered)
      location.reload(); // there are screens for it only before the start
    else this.#start.locked(lockOf(message, (answer) => this.#post(answer)));
  }

  #take(output: RtcOutput | Replied | Told): void {
    if (output.out === "replied") this.#settle(output);
    else if (output.out === "told") this.#emit(output.name, output.dat);
    else this.#rtc.carryOut(output);
  }

  #settle(reply: Replied): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("error" in reply) waiting?.reject(errorOf(reply.error));
    else waiting?.resolve(reply.value as never);
  }

  #emit(name: string, dat: unknown): void {
    if (TOLD_WHOLE.has(name)) this.#last.set(name, dat);
    this.#listeners.get(name)?.forEach((listener) => listener(dat as never));
  }

  /** The core has trapped, or there is none to be had. */
  #fail(reason: string): void {
    this.#start.failed(reason);
    this.#waiting.forEach(({ reject }) => reject(new CoreError(500, "internal", STOPPED, "stopped")));
    this.#waiting.clear();
    if (this.#everAnswered) this.#emit("notice", { level: "warning", code: "stopped", text: STOPPED });
  }
}

function errorOf({ status, code, message, reason }: Refusal): CoreError {
  return new CoreError(status, code, message, reason);
}

/** Who waits for the first core. */
interface Starting {
  locked(lock: Lock): void;
  started(core: Core): void;
  failed(reason: string): void;
}

/** This device's key waits for its passkey. */
export interface Lock {
  passkey: Passkey;
  refused: boolean; // the last secret was not the right one
  unlock(secret: Uint8Array<ArrayBuffer>): void; // and wipes it
  startOver(): void; // without the passkey: deletes the library and makes a new identity
}

/** Starts the core, here or by way of the tab that has it. `locked` is told each time that the start waits for a
 * passkey. Rejects with CoreError "internal" if it cannot start. */
export function startCore(locked: (lock: Lock) => void): Promise<Core> {
  return new Promise((resolve, reject) => {
    const failed = (why: string) =>
      reject(new CoreError(500, "internal", `skypod could not open its storage on this device: ${why}`, "no_storage"));
    new CoreClient({ locked, started: resolve, failed });
  });
}

function lockOf({ passkey, refused }: { passkey: Passkey; refused: boolean }, post: (message: ToWorker) => void): Lock {
  return {
    passkey,
    refused,
    unlock: (secret) => {
      post({ kind: "unlock", secret });
      secret.fill(0);
    },
    startOver: () => post({ kind: "start-over" }),
  };
}
