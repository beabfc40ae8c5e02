// Times and addresses as people read them.

import { language } from "./strings";

/** Seconds as 0:07, 12:34 or 1:02:03. Anything that is not a time, such as an endless stream's length, is 0:00. */
export function clock(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  const two = (part: number) => String(part).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** A day as the reader's language writes it, without this year; "" for a time outside what calendars know. */
export function day(ms: number, nowMs = Date.now()): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return "";
  const thisYear = date.getFullYear() === new Date(nowMs).getFullYear();
  return date.toLocaleDateString(locale(), thisYear ? { day: "numeric", month: "short" } : { dateStyle: "medium" });
}

/** Hours and minutes as the reader's language writes them; "" as in `day`. */
export function timeOfDay(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "" : date.toLocaleTimeString(locale(), { timeStyle: "short" });
}

/** A number as the reader's language writes it. */
export function number(value: number): string {
  return value.toLocaleString(locale());
}

/** The browser's own variant of the language that is spoken (British dates for a Briton), else just that language. */
export function locale(): string {
  const own = globalThis.navigator?.languages ?? [];
  return own.find((tag) => tag.toLowerCase().split("-")[0] === language.value) ?? language.value;
}

/** The address, relative to `base` if need be, if a browser may safely follow it: feeds carry javascript: and worse. */
export function webAddress(address: string, base?: string | undefined): string | null {
  const url = address.trim() && URL.canParse(address, base) ? new URL(address, base) : null;
  return url && (url.protocol === "https:" || url.protocol === "http:") ? url.href : null;
}

/** What a person typed as a feed's address; people leave out the scheme, and other apps write feed: and the like. */
export function typedAddress(typed: string): string | null {
  const bare = typed.trim().replace(/^(feed|itpc|pcast|podcast):(\/\/)?/i, "");
  if (bare === "" || /\s/.test(bare)) return null;
  const address = webAddress(/^[a-z][a-z0-9+.-]*:\/\//i.test(bare) ? bare : `https://${bare}`);
  return address;
}
