// When are two values the same to a reader? Text: but for runs of space and for being written as HTML. HTML: what is
// left of both after our sanitiser, and the text of both. Addresses: as a URL parser reads them. Dates: as instants.

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

export function decode(text) {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    return ENTITIES[name] ?? all;
  });
}

export const collapse = (text) => text.replace(/[\s\u00a0]+/g, " ").trim();

/** The text of HTML, without any space, which blocks and tags move about. */
export function bareText(html) {
  const silent = /<(script|style|title|textarea|iframe|object|noscript)\b[\s\S]*?<\/\1>|<!--[\s\S]*?-->/gi;
  return decode(html.replace(silent, "").replace(/<\/?[a-z][^>]*>|<![^>]*>/gi, "")).replace(/[\s\u00a0]+/g, "");
}

export function sameText(ours, theirs) {
  if (typeof ours !== "string" || typeof theirs !== "string") return (ours ?? "") === (theirs ?? "");
  if (collapse(ours) === collapse(theirs) || collapse(ours) === collapse(decode(theirs))) return true;
  const bare = ours.replace(/[\s\u00a0]+/g, "");
  const cut = bare.endsWith("…") ? bare.slice(0, -1) : bare;
  const full = bareText(theirs);
  return cut === full || (ours.endsWith("…") && full.startsWith(cut) && cut.length > 0);
}

export function sameUrl(ours, theirs) {
  if ((ours ?? "") === (theirs ?? "")) return true;
  try {
    return decodeURI(new URL(ours).href) === decodeURI(new URL(theirs).href);
  } catch {
    return false;
  }
}

/** `theirs` may be a text, or Python's struct_time. */
export function sameDate(ours, theirs) {
  if (ours === undefined || theirs === null) return (ours ?? null) === theirs;
  const instant = Array.isArray(theirs)
    ? Date.UTC(theirs[0], theirs[1] - 1, theirs[2], theirs[3], theirs[4], theirs[5])
    : Date.parse(theirs);
  return Math.floor(Date.parse(ours) / 1000) === Math.floor(instant / 1000);
}
