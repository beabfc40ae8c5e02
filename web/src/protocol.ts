// What the page may ask of the core, and what the core tells the page. The core itself runs in a worker; this file is
// the whole contract between the two, so nothing else needs to know that there is a worker.

/** One device of the realm, this one included. */
export interface Peer {
  id: string;
  name: string; // "" until the device has told us
  self: boolean;
  online: boolean; // has a socket at the server, as the server says
  state: "new" | "connecting" | "connected" | "reconnecting" | "closed"; // of the direct connection; "closed" for self
  rung: Rung; // what carries messages and sync
  rttMs: number | null; // of the rung
  invitedBy: string | null; // null for the founder
  joinedAtMs: number;
  recovery: boolean; // a recovery key, not a device
  current: boolean | null; // whether it has confirmed the latest members and key; null: unknown, as it is offline
}

/** "relay": encrypted by way of the server. "turn": a data channel by way of a TURN server. */
export type Rung = "none" | "relay" | "turn" | "direct";

/** Who is in the realm and who was, as its ledger says. */
export interface Members {
  realm: string;
  epoch: number; // of the realm key
  members: {
    id: string;
    name: string;
    self: boolean;
    invitedBy: string | null;
    joinedAtMs: number;
    recovery: boolean;
    online: boolean;
  }[];
  removed: RemovedMember[];
}

export interface RemovedMember {
  id: string;
  name: string;
  removedBy: string; // an id; its own if it left
  atMs: number;
  recovery: boolean; // a recovery key, not a device
}

/** One of the seven pictures that two people compare: both see the same ones, or somebody is between them. */
export interface Picture {
  index: number; // 0 to 63; what a translation goes by
  emoji: string;
  name: string; // in English
}

/** This device. */
export interface Device {
  id: string;
  name: string;
  realm: string | null; // null until a realm is created or joined
  link: "idle" | "connecting" | "online" | "offline" | "refused"; // to the signalling server
  reason: string; // a sentence for people when link is "refused", else ""
  reasonCode: string; // the same for programs, as in CoreError
  keyEpoch: number; // of the realm key; 0 without a realm
  removed: { by: string; atMs: number } | null; // by: a name or a short id; kept until the device is in a realm again
}

/** A passkey that protects this device's private key. None of it is secret. */
export interface Passkey {
  id: Uint8Array<ArrayBuffer>; // the credential's
  salt: Uint8Array<ArrayBuffer>; // what its PRF is asked about
}

/** A passkey together with what its PRF answered, which opens the private key. */
export interface OpenedPasskey extends Passkey {
  secret: Uint8Array<ArrayBuffer>; // 32 octets
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
  problemCode: string; // the same for programs: the reason, or else the code, of a CoreError
  way: Way; // what led this device there last
  reach: Reach; // what people have chosen
  private: boolean; // what follows: the server is not told of it
  login: string | null; // the name that its host is told, if it wants one and a password
  folder: string; // "" for none
  tags: string[];
}

/** How a device gets at a feed: by itself, by another device of the realm, by the server; "": it never has. */
export type Way = "" | "direct" | "peer" | "server";

/** Whom a feed's address may be told to: the realm's devices only, or the server too; "": by what it looks like. */
export type Reach = "" | "realm" | "everyone";

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

/** What a feed says of an episode at length; each part is absent where the feed has none. The HTML is a stranger's. */
export interface Content {
  html?: string;
  base?: string; // where its relative addresses start from; absent where there are none
  minutes?: number; // to read it
  chapters?: unknown; // {url, type} of a JSON file
  chapterList?: unknown; // of {start_seconds, title, url, image}
  transcripts?: unknown; // of {url, type, language}
}

/** A part of a file. */
export interface Piece {
  type: string; // its Content-Type; "" if its host does not say
  total: number; // octets of the whole file
  octets: Uint8Array<ArrayBuffer>; // none at its end only
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

/** A feed of an OPML list. */
export interface ListedFeed {
  feed: string;
  title: string; // "" if the list has none
  folder: string; // "" for none; "Outer / Inner" for a folder inside a folder
  login?: string; // the name and password that stood in its address
}

/** A part of an XML document (see xml_events.ts): the begin of an element with its attributes, text, or an end. */
export type XmlEvent = [name: string, attributes: Record<string, string>] | string | null;

export type Setting = string | number;
export type Settings = Record<string, Setting>;

/** name → [arguments, answer]. A failed command rejects with CoreError. */
export interface Commands {
  "realm.create": [Record<string, never>, { realm: string }];
  "device.rename": [{ name: string }, Record<string, never>];
  // Invitee: its own code, and the pictures it shows.
  "pairing.register": [Record<string, never>, { registration: string; pictures: Picture[]; expiresAtMs: number }];
  // Inviter: must show name and pictures, and ask, before it invites.
  "pairing.inspect": [{ registration: string }, { id: string; name: string; pictures: Picture[] }];
  // Inviter: shows the invitation and its pictures; `id` is for pairing.cancel.
  "pairing.invite": [
    { registration: string },
    { invitation: string; id: string; pictures: Picture[]; expiresAtMs: number },
  ];
  "pairing.cancel": [{ id: string }, Record<string, never>]; // makes that invitation useless at the server
  // Invitee: shows inviter's name and pictures, and asks, before it joins.
  "pairing.preview": [
    { invitation: string },
    { inviter: string; name: string; realm: string; pictures: Picture[]; expiresAtMs: number },
  ];
  "pairing.join": [{ invitation: string }, { realm: string }];
  "realm.members": [Record<string, never>, Members];
  "realm.remove": [{ id: string }, Record<string, never>]; // another device; the realm key is rotated
  "realm.leave": [Record<string, never>, { told: boolean }]; // this device; told: the server knows
  "realm.rotate": [Record<string, never>, { epoch: number }];
  // The text to save and the code to write down: only both together restore. `id` is the new member's.
  "recovery.create": [Record<string, never>, { file: string; code: string; id: string }];
  "recovery.restore": [{ file: string; code: string }, { realm: string }]; // without a realm: joins as a new identity
  // The host's own: a new identity, for a device without a realm, protected by the passkey if there is one.
  "identity.renew": [{ passkey: OpenedPasskey | null }, Record<string, never>];
  // STUN and TURN servers as the server has told them; null before.
  "network.servers": [Record<string, never>, { iceServers: RTCIceServer[] | null }];
  "message.send": [
    { text: string; to: string | null; mode: Message["mode"] },
    { message: Message; recipients: number; awaited: string[] }, // kept for these until `message.delivered`
  ];
  // reach: as library.reach has it, "" for what has been chosen before; known: it was subscribed to already
  // A name and password in the address are kept apart from it, and sent to its host only.
  "library.add": [{ url: string; reach: Reach }, { feed: string; title: string; known: boolean }];
  "library.remove": [{ feed: string }, Record<string, never>];
  "library.refresh": [{ feed: string | null }, Record<string, never>]; // null: every feed
  "library.subscriptions": [Record<string, never>, { subscriptions: Subscription[] }];
  "library.episodes": [{ feed: string; filter?: Filter } & Page, { total: number; episodes: Episode[] }];
  "library.find": [{ feed: string | null; episode: string }, { episodes: Episode[] }]; // null: in any feed
  // Of all feeds, newest first; of one folder or tag where it is given.
  "library.inbox": [{ filter?: Filter; folder?: string; tag?: string } & Page, { total: number; episodes: Episode[] }];
  "library.content": [{ feed: string; episode: string }, { content: Content | null }]; // null: never fetched here
  // For the server's feed proxy. document: base64url SHA-256 of the one address it is for, or "" for a header's; url:
  // what is wanted, and feed: what refers to it, "" for what people have typed. Refused for a private feed, with the
  // reason "login" if its login is for what is wanted, too.
  "proxy.token": [{ document: string; url: string; feed: string }, { token: string }];
  // Of a file that a feed refers to, without the server: by this device, else by another one, with the feed's login if
  // it is of the same origin. count: at most 4 MiB; fewer octets come at its end, or where the host gives less.
  "file.piece": [{ url: string; feed: string; from: number; count: number }, Piece];
  "library.reach": [{ feed: string; reach: Reach }, Record<string, never>];
  // Best match first; of more than 2,000 the newest first.
  "library.search": [{ words: string } & Page, { total: number; episodes: Episode[] }];
  "library.organise": [{ feed: string; folder: string; tags: string[] }, Record<string, never>];
  "library.compact": [{ ifWorth: boolean }, { compacted: boolean }]; // ifWorth: at most once a day, if much is unused
  // Subscribes to at most 500 at once, and fetches them by and by; known: those that were subscribed to already.
  "library.import": [{ subscriptions: ListedFeed[] }, { added: number; known: number }];
  // What another reader's list holds, for library.import. truncated: there was more than 10,000 feeds.
  "opml.read": [{ document: XmlEvent[] }, { title: string; subscriptions: ListedFeed[]; truncated: boolean }];
  "opml.export": [{ logins: boolean }, { opml: string }]; // logins: with names and passwords in the addresses
  // The whole library as text for a file, encrypted under a passphrase of 8 to 1,024 octets. changes: in it.
  "backup.create": [{ passphrase: string }, { file: string; changes: number }];
  // Merges a backup into the library; what is newer here stays. news: changes that were not here yet.
  "backup.restore": [{ file: string; passphrase: string }, { changes: number; news: number }];
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

/** Who and what a notice names, for those who say it in another language; each part is in notices of some codes. */
export interface About {
  by?: string; // a device's name; "" for the device itself
  device?: string; // a device's name; "" for a recovery key
  lie?: string; // a code: what the server was caught at
  minutes?: number;
  ahead?: boolean;
}

/** name → what it carries. `device`, `peers` and `identity` are told again whole whenever they change. */
export interface Events {
  device: Device;
  peers: { peers: Peer[] };
  message: Message;
  "message.delivered": { id: string; to: string }; // the device has it
  "library.changed": { what: string[] }; // collections, or "episodes": ask again for what is shown
  "sync.progress": { peer: string; done: number; left: number }; // of a large transfer, in changes; 0 left: done
  "feeds.progress": { done: number; left: number }; // of feeds that are fetched together: all, or those never fetched
  outdated: Record<string, never>; // another tab runs a newer skypod; this page should be loaded again
  // The host's own. used: it has been in a realm, which may have removed it: a new realm takes a new identity.
  identity: { passkey: Passkey | null; used: boolean };
  // alarm: someone is trying to deceive, such as a server that was caught lying.
  notice: { level: "info" | "warning" | "alarm"; text: string; code?: string; about?: About };
}

/** Why a command failed: status as in HTTP, a code for programs, a sentence for people, and why in turn, as a code. */
export class CoreError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly reason = "",
  ) {
    super(message);
  }
}

/** The core as the page sees it. */
export interface Core {
  command<Name extends keyof Commands>(name: Name, args: Commands[Name][0]): Promise<Commands[Name][1]>;
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void;
}
