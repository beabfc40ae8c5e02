// Where the user is, kept in the address's fragment: the back button works, nothing of it is ever sent to a server, and
// a pairing link opens the right screen.

import { signal } from "@preact/signals";

export type Route =
  | { page: "library" | "devices" | "messages" | "recovery" | "restore" }
  | { page: "feed"; feed: string }
  | { page: "add-device"; code: string } // code: from a link, else ""
  | { page: "join"; code: string };

/** Reads a fragment. Whatever it does not know is the library. */
export function parseRoute(hash: string): Route {
  const pairing = /^#(device|join)=(.*)$/s.exec(hash);
  if (pairing) return { page: pairing[1] === "join" ? "join" : "add-device", code: pairing[2]! };
  const [page, rest] = [hash.replace(/^#\/?/, "").split("/")[0], hash.replace(/^#\/?[^/]*\/?/, "")];
  if (page === "devices" && rest === "add") return { page: "add-device", code: "" };
  if (page === "devices" && rest === "recovery") return { page: "recovery" };
  if (page === "devices" || page === "messages" || page === "restore") return { page };
  if (page === "join") return { page, code: "" };
  const feed = page === "feed" ? decode(rest) : "";
  return feed === "" ? { page: "library" } : { page: "feed", feed };
}

/** The fragment of a screen, for links. Codes are left out: they need not stay in the browser's history. */
export function hashOf(route: Route): string {
  if (route.page === "feed") return `#/feed/${encodeURIComponent(route.feed)}`;
  if (route.page === "add-device") return "#/devices/add";
  if (route.page === "recovery") return "#/devices/recovery";
  return route.page === "library" ? "#/" : `#/${route.page}`;
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
