// What the page may ask of the core, and what the core tells the page. The core itself runs in a worker; this file is
// the whole contract between the two, so nothing else needs to know that there is a worker.

/** One device of the realm, this one included. */
export interface Peer {
  id: string;
  name: string; // "" until the device has told us
  self: boolean;
  online: boolean; // has a socket at the server, as the server says
  state: "new" | "connecting" | "connected" | "reconnecting" | "closed"; // of the direct connection; "closed" for self
  rttMs: number | null;
  invitedBy: string | null; // null for the founder
  joinedAtMs: number;
}

/** This device. */
export interface Device {
  id: string;
  name: string;
  realm: string | null; // null until a realm is created or joined
  link: "idle" | "connecting" | "online" | "offline" | "refused"; // to the signalling server
  reason: string; // a sentence for people when link is "refused", else ""
}

export interface Message {
  id: string;
  from: string;
  text: string;
  mode: "p2p" | "relay";
  atMs: number;
}

export interface Subscription {
  feed: string; // the feed's address, which is also its id
  title: string;
  description: string;
  icon: string; // an address, or ""
  episodes: number;
  played: number;
  problem: string; // why the last refresh failed, or ""
  folder: string; // "" for none
  tags: string[];
}

export interface Play {
  positionS: number;
  completed: boolean;
  device: string; // whose record this is
  atMs: number;
}

export interface Episode {
  feed: string;
  id: string;
  title: string;
  summary: string; // plain text
  url: string;
  image: string;
  publishedMs: number | null;
  durationS: number | null;
  audioUrl: string; // "" for an article
  audioType: string;
  play: Play | null; // the record to show, of any device
  feedTitle: string;
}

/** Which episodes a list shows; absent: all. */
export type Filter = "all" | "unplayed" | "started" | "played";

/** A part of a list. */
export interface Page {
  offset: number;
  limit: number; // at most 500
}

/** Where one device is in an episode. */
export interface Position {
  device: string;
  name: string;
  positionS: number;
  completed: boolean;
  atMs: number;
}

export interface QueueEntry {
  feed: string;
  id: string;
  episode: Episode | null; // null while this device has not fetched it
}

export type Setting = string | number;
export type Settings = Record<string, Setting>;

/** name → [arguments, answer]. A failed command rejects with CoreError. */
export interface Commands {
  "realm.create": [Record<string, never>, { realm: string }];
  "device.rename": [{ name: string }, Record<string, never>];
  "pairing.register": [Record<string, never>, { registration: string }];
  "pairing.inspect": [{ registration: string }, { id: string; name: string }];
  "pairing.invite": [{ registration: string }, { invitation: string; expiresAtMs: number }];
  "pairing.join": [{ invitation: string }, { realm: string }];
  "message.send": [
    { text: string; to: string | null; mode: Message["mode"] },
    { message: Message; recipients: number },
  ];
  "library.add": [{ url: string }, { feed: string; title: string }];
  "library.remove": [{ feed: string }, Record<string, never>];
  "library.refresh": [{ feed: string | null }, Record<string, never>]; // null: every feed
  "library.subscriptions": [Record<string, never>, { subscriptions: Subscription[] }];
  "library.episodes": [{ feed: string; filter?: Filter } & Page, { total: number; episodes: Episode[] }];
  "library.inbox": [{ filter?: Filter } & Page, { total: number; episodes: Episode[] }]; // of all feeds, newest first
  "library.search": [{ words: string } & Page, { total: number; episodes: Episode[] }]; // best match first
  "library.organise": [{ feed: string; folder: string; tags: string[] }, Record<string, never>];
  "library.compact": [Record<string, never>, Record<string, never>];
  "play.progress": [
    { feed: string; episode: string; positionS: number; durationS: number | null; completed: boolean },
    Record<string, never>,
  ];
  "play.mark": [{ feed: string; episode: string; completed: boolean }, Record<string, never>];
  "play.markAll": [{ feed: string | null }, Record<string, never>]; // null: every subscribed feed
  "play.positions": [{ feed: string; episode: string }, { positions: Position[] }]; // the one to continue from first
  "queue.list": [Record<string, never>, { queue: QueueEntry[] }];
  "queue.add": [{ feed: string; episode: string; next: boolean }, Record<string, never>]; // next: in front of all
  "queue.move": [
    { feed: string; episode: string; after: { feed: string; episode: string } | null }, // null: in front of all
    Record<string, never>,
  ];
  "queue.remove": [{ feed: string; episode: string }, Record<string, never>];
  "queue.clear": [Record<string, never>, Record<string, never>];
  "queue.undo": [Record<string, never>, Record<string, never>]; // this device's last change of the queue
  "settings.list": [Record<string, never>, { everywhere: Settings; here: Settings }];
  "settings.set": [{ name: string; value: Setting | null; everywhere: boolean }, Record<string, never>]; // or null
}

/** name → what it carries. `device` and `peers` are told again whole whenever they change. */
export interface Events {
  device: Device;
  peers: { peers: Peer[] };
  message: Message;
  "library.changed": { what: string[] }; // collections, or "episodes": ask again for what is shown
  "sync.progress": { peer: string; done: number; left: number }; // of a large transfer, in changes; 0 left: done
  elsewhere: Record<string, never>; // another tab has taken the library over; nothing more can be asked here
  notice: { level: "info" | "warning"; text: string };
}

/** Why a command failed: status as in HTTP, a code for programs, a sentence for people. */
export class CoreError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The core as the page sees it. */
export interface Core {
  command<Name extends keyof Commands>(name: Name, args: Commands[Name][0]): Promise<Commands[Name][1]>;
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void;
}
