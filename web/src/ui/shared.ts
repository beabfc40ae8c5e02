// What other apps share with skypod, where it is installed (share_target of the manifest): the address of a page or a
// feed, to be added. It comes in the app's own address. The service worker answers that, so it stays on the device, and
// it is taken out at once, so that it stays in no history.

import { signal } from "@preact/signals";
import { typedAddress } from "./format";

const FIELDS = ["shared-url", "shared-text", "shared-title"]; // as in the manifest (vite.config.ts)

/** The address to be added, until a form has taken it; "" for none. */
export const shared = signal("");

/** The first address in what was shared; "" if there is none. Apps put it into any field, with words around it. */
export function sharedAddress(search: string): string {
  const fields = new URLSearchParams(search);
  const texts = FIELDS.map((field) => fields.get(field) ?? "");
  for (const text of texts) {
    const [match] = /\b(?:https?|feed|itpc|pcast|podcast):\S+/i.exec(text) ?? [];
    const address = match && typedAddress(match.replace(/[.,;:!?)\]}>"'”’»]+$/, ""));
    if (address) return address;
  }
  return typedAddress(texts[0]!) ?? "";
}

/** Takes what was shared out of the page's address. */
export function takeShared(): void {
  const fields = new URLSearchParams(location.search);
  if (!FIELDS.some((field) => fields.has(field))) return;
  shared.value = sharedAddress(location.search);
  history.replaceState(null, "", `${location.pathname}#/`);
}
