// The tab that has the seat, and so the library: its core answers the pages of all tabs. Where a passkey protects this
// device's key, nothing is opened before some page has brought the passkey's secret.

import type { Commands } from "../protocol";
import type { Asked, FromWorker, Refusal, Replied, Told, ToLeader } from "./boundary";
import { Database } from "./database";
import { Host } from "./host";
import { type Identity, loadIdentity, type LockedIdentity, renewIdentity, unlockIdentity } from "./identity";
import { type Place, removeAll } from "./library_files";
import { ended, type Seat } from "./seat";
import { BEAT_MS, BUILD, type TabMessage, type Tabs } from "./tabs";
import { loadCore } from "./wasm_core";

/** Events that are told whole each time: a tab that comes later needs the last one. */
const TOLD_WHOLE = new Set(["device", "peers", "identity"]);

const IN_REALM: Refusal = {
  status: 409,
  code: "bad_input",
  message: "This device belongs to a realm already. Leave it first.",
  reason: "in_realm",
};

type Sent = Commands["message.send"][1];
type Renewal = Commands["identity.renew"][0];
type Asker = { tab: string | null; id: number; name: string }; // tab: null for this tab's own page

export class Leader {
  readonly #seat: Seat;
  readonly #tabs: Tabs;
  readonly #page: (message: FromWorker) => void;
  readonly #place: Place;
  readonly #others = new Set<string>(); // tabs
  readonly #askers = new Map<number, Asker>(); // of commands that are not answered yet
  readonly #last = new Map<string, FromWorker>(); // of TOLD_WHOLE
  #early: [ToLeader, string | null][] = []; // what was asked before there was a core
  #state: FromWorker | null = null; // whether it has started, or why not yet
  #host: Host | null = null;
  #locked: LockedIdentity | null = null;
  #self: Identity | null = null;
  #lastId = 0;
  #patienceMs = 0;
  #closed = false;
  readonly #beating: ReturnType<typeof setInterval>;

  /** For who has the seat. `page` is told what this tab's own page needs to know. */
  constructor(seat: Seat, tabs: Tabs, page: (message: FromWorker) => void, place: Place) {
    this.#seat = seat;
    this.#tabs = tabs;
    this.#page = page;
    this.#place = place;
    this.#beat();
    this.#beating = setInterval(() => this.#others.size > 0 && this.#beat(), BEAT_MS);
  }

  /** `heir`: the identity that an earlier leader has unlocked. `patienceMs`: until that leader lets go of the files. */
  async start(heir: Identity | null, patienceMs: number): Promise<void> {
    this.#patienceMs = patienceMs;
    const self = heir ?? (await loadIdentity());
    if ("locked" in self) this.#wait(self, false);
    else await this.#run(self);
  }

  /** Lets go of everything, the library's files too. Nothing is told any more. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#beating);
    this.#host?.close();
    this.#host = null;
  }

  /** Takes in what another tab says. */
  receive(message: TabMessage): void {
    if (message.kind === "hello") this.#welcome(message.tab);
    if (message.kind === "ask" && message.term === this.#place.term) this.ask(message.message, message.tab);
  }

  /** Does what a page asks: this tab's own one, or that of another. */
  ask(message: ToLeader, tab: string | null): void {
    if (message.kind === "unlock") return this.#try(this.#unlock(message.secret));
    if (message.kind === "start-over") return this.#try(this.#startOver());
    if (!this.#host) return void this.#early.push([message, tab]);
    if (message.kind === "input") return this.#host.handle(message.input);
    if (message.name === "identity.renew") return this.#try(this.#renew(message, tab));
    const id = this.#note(message, tab);
    this.#host.handle({ in: "command", id, name: message.name, args: message.args });
  }

  #try(work: Promise<void>): void {
    work.catch((error: Error) => this.fail(error));
  }

  /** Nothing works any more. */
  fail(error: Error): void {
    this.#become({ kind: "failed", message: error.message });
  }

  #beat(): void {
    this.#tabs.say({ kind: "beat", term: this.#place.term, build: BUILD });
  }

  #welcome(tab: string): void {
    this.#others.add(tab);
    void ended(tab).then(() => this.#others.delete(tab));
    this.#beat();
    this.#bequeath(tab);
    if (this.#state) this.#tellTab(tab, this.#state);
    this.#last.forEach((event) => this.#tellTab(tab, event));
    void this.#host?.database.tidy(); // a tab that was deposed comes back without its files
  }

  #bequeath(tab: string): void {
    if (this.#self?.passkey) this.#tabs.say({ kind: "heir", term: this.#place.term, tab, self: this.#self });
  }

  #tellTab(tab: string | null, message: FromWorker): void {
    this.#tabs.say({ kind: "tell", term: this.#place.term, tab, message });
  }

  #tellAll(message: FromWorker): void {
    if (this.#closed) return;
    this.#page(message);
    if (this.#others.size > 0) this.#tellTab(null, message);
  }

  #become(state: FromWorker): void {
    this.#state = state;
    this.#tellAll(state);
  }

  /** Passes on what the core, or its host, tells. */
  #tell(message: FromWorker): void {
    if (this.#closed) return;
    if (message.kind === "failed") return this.#become(message);
    if (message.kind !== "output") return;
    const { output } = message;
    if (output.out === "replied") this.#reply(output);
    else if (output.out === "told") this.#announce(output);
    else this.#page(message);
  }

  #announce(output: Told): void {
    const message: FromWorker = { kind: "output", output };
    if (TOLD_WHOLE.has(output.name)) this.#last.set(output.name, message);
    this.#tellAll(message);
  }

  #note({ id, name }: Asked, tab: string | null): number {
    this.#askers.set(++this.#lastId, { tab, id, name });
    return this.#lastId;
  }

  #reply(output: Replied): void {
    const asker = this.#askers.get(output.id);
    this.#askers.delete(output.id);
    if (!asker) return;
    if (asker.name === "message.send" && "value" in output) this.#share((output.value as Sent).message);
    const message: FromWorker = { kind: "output", output: { ...output, id: asker.id } };
    if (asker.tab === null) this.#page(message);
    else this.#tellTab(asker.tab, message);
  }

  /** The core does not tell a message to who has sent it; the other tabs want to show it. */
  #share(message: Sent["message"]): void {
    this.#announce({ out: "told", name: "message", dat: message });
  }

  #wait(self: LockedIdentity, refused: boolean): void {
    this.#locked = self;
    this.#become({ kind: "locked", passkey: self.passkey, refused });
  }

  async #run(self: Identity): Promise<void> {
    this.#locked = null;
    const [core, database] = await Promise.all([loadCore(), Database.open(this.#place, this.#patienceMs)]);
    if (this.#closed) return database.close();
    this.#become({ kind: "started" });
    this.#begin(core, database, self);
    for (const [message, tab] of this.#early.splice(0)) this.ask(message, tab);
  }

  #begin(core: Awaited<ReturnType<typeof loadCore>>, database: Database, self: Identity): void {
    this.#self = self;
    this.#others.forEach((tab) => this.#bequeath(tab));
    const tell = (message: FromWorker) => this.#tell(message);
    this.#host = new Host(core, database, self, { tell, leads: () => this.#seat.isHeld() });
    this.#host.start();
  }

  async #unlock(secret: Uint8Array<ArrayBuffer>): Promise<void> {
    if (!this.#locked) return;
    const waiting = this.#locked;
    const self = await unlockIdentity(waiting, secret).catch(() => null);
    secret.fill(0);
    if (!self) this.#wait(waiting, true);
    else await this.#run(self);
  }

  /** For who has lost the passkey: the library goes with the identity, as its realm cannot be entered any more. */
  async #startOver(): Promise<void> {
    if (!this.#locked) return;
    this.#locked = null;
    await removeAll();
    await this.#run(await renewIdentity(null));
  }

  async #renew(asked: Asked, tab: string | null): Promise<void> {
    const id = this.#note(asked, tab);
    const host = this.#host;
    if (!host || host.inRealm) return this.#reply({ out: "replied", id, error: IN_REALM });
    const { passkey } = asked.args as Renewal;
    const core = await loadCore();
    const self = await renewIdentity(passkey);
    passkey?.secret.fill(0);
    host.stop();
    this.#reply({ out: "replied", id, value: {} });
    this.#begin(core, host.database, self);
  }
}
