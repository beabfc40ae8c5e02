// What the screens show, as signals, and the one way to ask the core for something. Everything here is a copy of what
// the core last told; the core keeps the truth.

import { signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { PasskeyError } from "../host/passkey";
import {
  CoreError,
  type Commands,
  type Core,
  type Device,
  type Events,
  type Message,
  type Peer,
  type QueueEntry,
  type Setting,
  type Subscription,
} from "../protocol";
import { type FeedPreferences, feedSetting, type PreferenceName, PreferenceStore } from "./preferences";
import { news, said, strings } from "./strings";

/** A sentence shown at the edge of the screen, perhaps with something to do about it. */
export interface Notice {
  id: number;
  level: Events["notice"]["level"];
  text: string;
  action?: { label: string; run: () => void };
  lasting?: boolean; // good news that waits to be dismissed
  topic?: string; // of several about the same only the last is shown
}

/** What has become of a message from here. */
export interface Delivery {
  to: number; // devices; 0 while unknown
  awaited: readonly string[]; // those that it is kept for until they have it; by the server nobody confirms it
  delivered: ReadonlySet<string>; // those that have it
}

/** How far something is that takes its time. Nothing is left when it is done. */
export interface Progress {
  done: number;
  left: number;
}

/** Where changes leave the lists of episodes and the counts of played ones as they were. */
const BESIDE_EPISODES = new Set(["setting", "queue", "device"]);

const NOT_DELIVERED: Delivery = { to: 0, awaited: [], delivered: new Set() };
const MESSAGES_MAX = 500; // kept on screen; the oldest go first
const NOTICES_MAX = 4;
const ALARMS_MAX = 20; // whoever makes so many shall not fill the memory

export class Store {
  readonly device = signal<Device | null>(null); // null until the core has told
  readonly identity = signal<Events["identity"]>({ passkey: null, used: false });
  readonly peers = signal<Peer[]>([]);
  readonly messages = signal<Message[]>([]); // oldest first
  readonly deliveries = signal<ReadonlyMap<string, Delivery>>(new Map()); // by message
  readonly subscriptions = signal<Subscription[] | null>(null); // null until first read
  readonly queue = signal<QueueEntry[] | null>(null); // in order; null until first read
  readonly preferences = new PreferenceStore();
  readonly libraryVersion = signal(0); // counts changes: a screen that shows episodes asks again
  readonly notices = signal<Notice[]>([]);
  readonly transfers = signal<ReadonlyMap<string, Progress>>(new Map()); // of changes, by the peer they come from
  readonly fetching = signal<Progress>({ done: 0, left: 0 }); // of feeds that are fetched together
  readonly entering = signal(false); // this device has a realm, but the server has not let it in yet

  readonly #core: Core;
  #removing = 0; // removals that were asked for here and are under way
  #noticeId = 0;
  readonly #readers = {
    subscriptions: this.#oneAtATime(async () => {
      this.subscriptions.value = (await this.command("library.subscriptions", {})).subscriptions;
    }),
    queue: this.#oneAtATime(async () => {
      this.queue.value = (await this.command("queue.list", {})).queue;
    }),
    settings: this.#oneAtATime(async () => {
      this.preferences.known.value = await this.command("settings.list", {});
    }),
  };

  constructor(core: Core) {
    this.#core = core;
    core.on("device", (device) => (this.device.value = device));
    core.on("identity", (identity) => (this.identity.value = identity));
    core.on("peers", ({ peers }) => (this.peers.value = peers));
    core.on("message", (message) => this.#addMessage(message));
    core.on("message.delivered", ({ id, to }) => this.#delivered(id, to));
    core.on("sync.progress", ({ peer, ...progress }) => this.#transfer(peer, progress));
    core.on("feeds.progress", (progress) => (this.fetching.value = progress));
    core.on("notice", (notice) => this.#tell(notice));
    core.on("library.changed", ({ what }) => this.#libraryChanged(new Set(what)));
    this.#libraryChanged(new Set(["episodes", "queue", "setting"]));
  }

  /** Asks the core. Rejects with CoreError. */
  command<Name extends keyof Commands>(name: Name, args: Commands[Name][0]): Promise<Commands[Name][1]> {
    return this.#core.command(name, args);
  }

  /** Removes another member. What the core tells everyone about it is not told here, where it was asked for. */
  async remove(id: string): Promise<void> {
    this.#removing++;
    try {
      await this.command("realm.remove", { id });
    } finally {
      this.#removing--;
    }
  }

  /** A command that leads into a realm: until it has succeeded, this device counts as outside. */
  async enter<Name extends "pairing.join" | "recovery.restore">(name: Name, args: Commands[Name][0]): Promise<void> {
    this.entering.value = true;
    try {
      await this.command(name, args);
    } finally {
      this.entering.value = false;
    }
  }

  /** Chooses for all devices or this one; null goes back to the default, or to what holds everywhere. */
  async prefer(name: PreferenceName, value: Setting | null, everywhere: boolean): Promise<void> {
    await this.command("settings.set", { name, value, everywhere });
  }

  /** Changes some of what one feed is played and read with; undefined takes a choice back. */
  async preferForFeed(feed: string, changed: FeedPreferences): Promise<void> {
    const kept = Object.entries({ ...this.preferences.forFeed(feed), ...changed }).filter(([, it]) => it !== undefined);
    const value = kept.length > 0 ? JSON.stringify(Object.fromEntries(kept)) : null;
    await this.command("settings.set", { name: feedSetting(feed), value, everywhere: true });
  }

  /** Tells a failure where no screen waits for it. */
  attempt(task: Promise<unknown>): void {
    task.catch((error: unknown) => this.notify({ level: "warning", text: sentence(error) }));
  }

  async send(text: string, to: string | null, mode: Message["mode"]): Promise<void> {
    const { message, recipients, awaited } = await this.command("message.send", { text, to, mode });
    this.#addMessage(message);
    this.#track(message.id, { to: recipients, awaited });
    if (recipients === 0) this.notify({ level: "warning", text: strings.messages.nobody });
  }

  /** Shows it; the oldest make room for it, but for alarms, which only their reader may take away. */
  notify(notice: Omit<Notice, "id">): void {
    const isSame = (shown: Notice) => notice.topic !== undefined && shown.topic === notice.topic;
    const repeated = this.notices.value.filter((shown) => shown.text !== notice.text && !isSame(shown));
    const shown = [...repeated, { ...notice, id: ++this.#noticeId }];
    const surplus = shown.filter(({ level }) => level !== "alarm").slice(0, -NOTICES_MAX);
    this.notices.value = shown.filter((one) => !surplus.includes(one)).slice(-ALARMS_MAX);
  }

  dismiss(id: number): void {
    this.notices.value = this.notices.value.filter((notice) => notice.id !== id);
  }

  /** What to call a device, of this realm or not. */
  nameOf(id: string, unknown: string): string {
    return this.peers.value.find((peer) => peer.id === id)?.name || unknown;
  }

  // What the person has just asked for here, and what has a screen of its own, needs no notice.
  #tell({ level, text, code = "", about = {} }: Events["notice"]): void {
    const shown = code === "removed" || (code === "device_removed" && this.#removing > 0);
    if (level === "alarm" || !shown) this.notify({ level, text: news(code, about) ?? text });
  }

  #transfer(peer: string, progress: Progress): void {
    const transfers = new Map(this.transfers.value);
    if (progress.left > 0) transfers.set(peer, progress);
    else transfers.delete(peer);
    this.transfers.value = transfers;
  }

  // One's own message comes back from `message.send`, and may also be told as an event.
  #addMessage(message: Message): void {
    if (this.messages.value.some((known) => known.id === message.id)) return;
    this.messages.value = [...this.messages.value, message].slice(-MESSAGES_MAX);
  }

  // The news that it has arrived may be here before the answer to its sending is.
  #delivered(id: string, to: string): void {
    const { delivered } = this.deliveries.value.get(id) ?? NOT_DELIVERED;
    this.#track(id, { delivered: new Set([...delivered, to]) });
  }

  #track(id: string, news: Partial<Delivery>): void {
    const deliveries = new Map(this.deliveries.value);
    deliveries.set(id, { ...NOT_DELIVERED, ...deliveries.get(id), ...news });
    this.deliveries.value = new Map([...deliveries].slice(-MESSAGES_MAX));
  }

  #libraryChanged(what: ReadonlySet<string>): void {
    if (what.has("setting")) this.#readers.settings();
    if ([...what].every((one) => one === "setting" || one === "device")) return;
    this.#readers.queue();
    if ([...what].every((one) => BESIDE_EPISODES.has(one))) return;
    this.libraryVersion.value++;
    this.#readers.subscriptions();
  }

  // Changes come in bursts while devices sync: one question is under way at a time, and at most one more follows it.
  #oneAtATime(read: () => Promise<void>): () => void {
    let reading = false;
    let again = false;
    const run = async (): Promise<void> => {
      again = reading;
      if (reading) return;
      reading = true;
      await read().catch((error: unknown) => this.notify({ level: "warning", text: sentence(error) }));
      reading = false;
      if (again) await run();
    };
    return () => void run();
  }
}

/** What to tell a person about a failure. */
export function sentence(error: unknown): string {
  if (error instanceof PasskeyError) return strings.passkey.problem[error.problem];
  if (!(error instanceof CoreError)) return strings.app.unexpected;
  return said(error.reason) ?? said(error.code) ?? error.message;
}

export const StoreContext = createContext<Store | null>(null);

export function useStore(): Store {
  const store = useContext(StoreContext);
  if (!store) throw new Error("no store above this component");
  return store;
}
