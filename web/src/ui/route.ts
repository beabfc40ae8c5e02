// Where the user is, kept in the address's fragment: the back button works, nothing of it is ever sent to a server, and
// a pairing link opens the right screen.

import { signal } from "@preact/signals";

const PLAIN = [
  "library",
  "inbox",
  "queue",
  "player",
  "downloads",
  "settings",
  "devices",
  "messages",
  "restore",
] as const;

export type Route =
  | { page: (typeof PLAIN)[number] | "recovery" }
  | { page: "folder" | "tag"; name: string }
  | { page: "search"; words: string }
  | { page: "feed"; feed: string }
  | { page: "episode"; feed: string; id: string }
  | { page: "add-device"; code: string } // code: from a link, else ""
  | { page: "join"; code: string };

/** Reads a fragment. Whatever it does not know is the library. */
export function parseRoute(hash: string): Route {
  const pairing = /^#(device|join)=(.*)$/s.exec(hash);
  if (pairing) return { page: pairing[1] === "join" ? "join" : "add-device", code: pairing[2]! };
  const [page = "", ...rest] = hash.replace(/^#\/?/, "").split("/");
  const part = rest.length > 0 ? decode(rest.join("/")) : "";
  if (page === "devices" && part === "add") return { page: "add-device", code: "" };
  if (page === "devices" && part === "recovery") return { page: "recovery" };
  const plain = PLAIN.find((known) => known === page);
  if (plain) return { page: plain };
  if (page === "join") return { page, code: "" };
  if (page === "search") return { page, words: part };
  if ((page === "folder" || page === "tag") && part !== "") return { page, name: part };
  if (page === "feed" && part !== "") return { page, feed: part };
  const [feed, id] = [decode(rest[0] ?? ""), decode(rest[1] ?? "")];
  return page === "episode" && feed !== "" && id !== "" ? { page, feed, id } : { page: "library" };
}

/** The fragment of a screen, for links. Codes are left out: they need not stay in the browser's history. */
export function hashOf(route: Route): string {
  switch (route.page) {
    case "library":
      return "#/";
    case "feed":
      return `#/feed/${encodeURIComponent(route.feed)}`;
    case "episode":
      return `#/episode/${encodeURIComponent(route.feed)}/${encodeURIComponent(route.id)}`;
    case "folder":
    case "tag":
      return `#/${route.page}/${encodeURIComponent(route.name)}`;
    case "search":
      return route.words === "" ? "#/search" : `#/search/${encodeURIComponent(route.words)}`;
    case "add-device":
      return "#/devices/add";
    case "recovery":
      return "#/devices/recovery";
    default:
      return `#/${route.page}`;
  }
}

/** The current screen. */
export const route = signal<Route>({ page: "library" });

/** Where someone wants to go from a screen that is held; null if nobody does. */
export const wanted = signal<string | null>(null);
let heldAt: string | null = null;

/** Keeps the user on the current screen: an attempt to leave it only sets `wanted`. */
export function hold(): void {
  heldAt = location.hash;
}

export function release(): void {
  heldAt = null;
  wanted.value = null;
}

/** Follows the address from now on. A code that came in a link is taken out of the address at once. */
export function followAddress(): void {
  const read = () => {
    if (heldAt !== null && location.hash !== heldAt) {
      wanted.value = location.hash;
      history.replaceState(null, "", heldAt || "#/");
      return;
    }
    route.value = parseRoute(location.hash);
    if ("code" in route.value && route.value.code !== "") history.replaceState(null, "", hashOf(route.value));
  };
  window.addEventListener("hashchange", read);
  read();
}

export function go(to: Route): void {
  location.hash = hashOf(to);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
