// One running core and what carries out what it asks: SQLite, WebCrypto, the WebSocket and the timer of this worker.
// WebRTC and people are the page's, so those messages are passed on.

import type { Device } from "../protocol";
import type { Ask, FromWorker, Input, Output } from "./boundary";
import type { Database } from "./database";
import { type Identity, markUsed } from "./identity";
import { fetchDirect } from "./direct";
import { fetchPiece } from "./piece";
import { answerJose } from "./jose";
import { hasRoom } from "./library_files";
import { Link } from "./link";
import type { loadCore } from "./wasm_core";

const TIMER_MAX_MS = 60 * 60 * 1000; // an early tick does no harm; a timer beyond 2^31 ms would fire at once
const FETCH_MAX_MS = 60_000;
const DETAIL_MAX_CHARS = 200;

/** What a core is given beside its database: whom it speaks to, and whether what it has stored counts. */
export interface Surroundings {
  tell(message: FromWorker): void;
  leads(): Promise<boolean>;
}

export class Host {
  readonly #core: (input: Input, now: number) => ReturnType<Awaited<ReturnType<typeof loadCore>>>;
  readonly database: Database;
  readonly #self: Identity;
  readonly #around: Surroundings;
  readonly #link = new Link((input) => this.handle(input));
  readonly #inputs: Input[] = [];
  #handling = false;
  #stopped = false;
  #inRealm = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(core: Awaited<ReturnType<typeof loadCore>>, database: Database, self: Identity, around: Surroundings) {
    this.#core = core;
    this.database = database;
    this.#self = self;
    this.#around = around;
  }

  start(): void {
    this.#tellIdentity();
    const entropy = crypto.getRandomValues(new Uint8Array(32));
    const { id, publicKey: pubkey } = this.#self;
    this.handle({ in: "start", entropy, id, pubkey, name: "", server: location.origin });
  }

  /** Gives the core an input. Outputs are carried out in order; what they cause at once waits its turn. */
  handle(input: Input): void {
    if (this.#stopped) return;
    this.#inputs.push(input);
    if (this.#handling) return;
    this.#handling = true;
    try {
      for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) this.#handleOne(next);
    } catch (error) {
      this.close(); // the core has trapped, and nothing that it says from now on could be trusted
      this.#around.tell({ kind: "failed", message: (error as Error).message });
    }
    this.#handling = false;
  }

  #handleOne(input: Input): void {
    const outcome = this.#core(input, Date.now());
    if ("error" in outcome) return this.#refused(input);
    this.#wakeAt(outcome.deadline);
    outcome.outputs.forEach((output) => this.#carryOut(output));
  }

  /** The core could not read an input, and nothing has changed: whoever waits for an answer is told so. */
  #refused(input: Input): void {
    if (input.in === "answered" && "value" in input) {
      this.handle({ in: "answered", id: input.id, error: { code: "bad_reply", detail: "" } });
    } else if (input.in === "command") {
      const error = { status: 400, code: "bad_input", message: "skypod cannot read that. Change it and try again." };
      this.#around.tell({ kind: "output", output: { out: "replied", id: input.id, error } });
    }
  }

  /** As the core last told. */
  get inRealm(): boolean {
    return this.#inRealm;
  }

  /** Ends this core. The database can serve another. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#link.close();
  }

  close(): void {
    this.stop();
    this.database.close();
  }

  #tellIdentity(): void {
    const { passkey, used = false } = this.#self;
    this.#around.tell({ kind: "output", output: { out: "told", name: "identity", dat: { passkey, used } } });
  }

  #watch({ realm, link }: Device): void {
    this.#inRealm = realm !== null;
    if (realm === null || link !== "online" || this.#self.used) return;
    this.#self.used = true;
    this.#tellIdentity();
    void markUsed();
  }

  #wakeAt(deadline: number | null): void {
    clearTimeout(this.#timer);
    if (deadline === null) return;
    const delayMs = Math.min(TIMER_MAX_MS, Math.max(0, deadline - Date.now()));
    this.#timer = setTimeout(() => this.handle({ in: "tick" }), delayMs);
  }

  #carryOut(output: Output): void {
    switch (output.out) {
      case "ask":
        return this.#answer(output.id, output);
      case "link.open":
        return this.#link.open();
      case "link.send":
        return this.#link.send(output.text);
      case "link.close":
        return this.#link.close();
      default:
        if (output.out === "told" && output.name === "device") this.#watch(output.dat as Device);
        return this.#around.tell({ kind: "output", output });
    }
  }

  /** What is stored counts, and may be acknowledged, only if no other tab had taken over before. */
  #ifLeading(act: () => void): void {
    void this.#around.leads().then((leads) => leads && act());
  }

  #answer(id: number, ask: Ask): void {
    const value = (result: unknown) => this.handle({ in: "answered", id, value: result });
    const failure = (code: string, detail: string) => this.handle({ in: "answered", id, error: { code, detail } });
    switch (ask.ask) {
      case "database":
        try {
          const { rows, wrote } = this.database.run(ask.statements);
          if (wrote) this.#ifLeading(() => value(rows));
          else value(rows);
        } catch (error) {
          void whyNotStored(error as Error).then((detail) => failure("storage_failed", detail));
        }
        return;
      case "entropy":
        return value(crypto.getRandomValues(new Uint8Array(ask.count)));
      case "fetch":
        fetchJson(ask.path, ask.token).then(value, () => failure("offline", ""));
        return;
      case "direct":
        fetchDirect(ask.url, ask.authorization).then(value, () => failure("offline", ""));
        return;
      case "file":
        fetchPiece(ask).then(value, () => failure("offline", ""));
        return;
      default:
        answerJose(ask, this.#self).then(value, () => failure("bad_token", ""));
    }
  }
}

/** Why a transaction failed, in a sentence. SQLite does not pass on what the browser said. */
async function whyNotStored(error: Error): Promise<string> {
  if (await hasRoom()) return error.message.slice(0, DETAIL_MAX_CHARS);
  return "This browser has no room left for skypod.";
}

async function fetchJson(path: string, token: string): Promise<{ status: number; body: unknown }> {
  const headers: HeadersInit = token === "" ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(path, { headers, signal: AbortSignal.timeout(FETCH_MAX_MS) });
  const body = await response.json().catch(() => null);
  return { status: response.status, body };
}
