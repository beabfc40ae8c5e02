// The core as the page sees it: commands and events over the worker's messages, and the WebRTC connections that the
// worker cannot hold itself.

import { type Commands, type Core, CoreError, type Events, type Passkey } from "../protocol";
import type { FromWorker, Replied, ToWorker } from "./boundary";
import { RtcHost } from "./rtc";
import { onWake } from "./wake";

type Settle = { resolve: (value: never) => void; reject: (error: CoreError) => void };
type Listener = (event: never) => void;

const ELSEWHERE = new CoreError(409, "elsewhere", "skypod is open in another tab. Use it there, or take it over here.");

const TOLD_WHOLE = new Set(["device", "peers", "identity"]);

const STOPPED = "skypod has stopped working on this page. Reload it; nothing that was saved is lost.";

class CoreClient implements Core {
  readonly #worker: Worker;
  readonly #rtc = new RtcHost((input) => this.#post({ kind: "input", input }));
  readonly #waiting = new Map<number, Settle>();
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #last = new Map<string, unknown>(); // of the events that are told whole each time
  #lastId = 0;
  #gone = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    worker.onerror = () => this.#receive({ kind: "failed", message: "" });
    onWake(() => this.#post({ kind: "input", input: { in: "nudge" } }));
  }

  command<Name extends keyof Commands>(name: Name, args: Commands[Name][0]): Promise<Commands[Name][1]> {
    if (this.#gone) return Promise.reject(ELSEWHERE);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#post({ kind: "command", id, name, args });
    });
  }

  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener as Listener));
    if (this.#last.has(name)) listener(this.#last.get(name) as Events[Name]);
    return () => listeners.delete(listener as Listener);
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    if (message.kind === "elsewhere") return this.#leave();
    if (message.kind === "failed") return this.#stop();
    if (message.kind !== "output") return;
    const { output } = message;
    if (output.out === "replied") this.#settle(output);
    else if (output.out === "told") this.#emit(output.name, output.dat);
    else this.#rtc.carryOut(output);
  }

  #settle(reply: Replied): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("error" in reply) waiting?.reject(new CoreError(reply.error.status, reply.error.code, reply.error.message));
    else waiting?.resolve(reply.value as never);
  }

  #emit(name: string, dat: unknown): void {
    if (TOLD_WHOLE.has(name)) this.#last.set(name, dat);
    this.#listeners.get(name)?.forEach((listener) => listener(dat as never));
  }

  /** The core has trapped. */
  #stop(): void {
    this.#waiting.forEach(({ reject }) => reject(new CoreError(500, "internal", STOPPED)));
    this.#waiting.clear();
    this.#emit("notice", { level: "warning", text: STOPPED });
  }

  /** Another tab has taken the library over: nothing more can be asked here. */
  #leave(): void {
    this.#gone = true;
    this.#rtc.closeAll();
    this.#worker.terminate();
    this.#waiting.forEach(({ reject }) => reject(ELSEWHERE));
    this.#waiting.clear();
    this.#emit("elsewhere", {});
  }
}

/** This device's key waits for its passkey. */
export interface Lock {
  passkey: Passkey;
  refused: boolean; // the last secret was not the right one
  unlock(secret: Uint8Array<ArrayBuffer>): void; // and wipes it
  startOver(): void; // without the passkey: deletes the library and makes a new identity
}

/** How to start: `onLock` is told each time that the start waits for a passkey. */
export type Start = (onLock: (lock: Lock) => void) => Promise<Core>;

/** Starts the core. Rejects with CoreError: code "elsewhere" if another tab has it, "internal" if it cannot start. */
export const startCore: Start = (onLock) => start(false, onLock);

/** The same, taking it away from the tab that has it. */
export const takeOver: Start = (onLock) => start(true, onLock);

function start(steal: boolean, onLock: (lock: Lock) => void): Promise<Core> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "skypod-core" });
  const post = (message: ToWorker) => worker.postMessage(message);
  return new Promise((resolve, reject) => {
    const fail = (error: CoreError) => {
      worker.terminate();
      reject(error);
    };
    worker.onerror = (event) => fail(new CoreError(500, "internal", `skypod could not start: ${event.message}`));
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === "locked") onLock(lockOf(data, post));
      if (data.kind === "started") resolve(new CoreClient(worker));
      if (data.kind === "elsewhere") fail(ELSEWHERE);
      if (data.kind === "failed") {
        fail(new CoreError(500, "internal", `skypod could not open its storage on this device: ${data.message}`));
      }
    };
    post({ kind: "start", takeOver: steal });
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
