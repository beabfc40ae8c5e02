// The Range header of RFC 9110, section 14, as a player sends it: one range of octets.

/** Both inclusive. */
export interface Range {
  start: number;
  end: number;
}

/** The range asked for of `size` octets; null for the whole (no header, or one that is to be ignored); or "outside". */
export function rangeOf(header: string | null, size: number): Range | null | "outside" {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return null;
  if (match[1] === "") {
    const last = Number(match[2]);
    return last === 0 || size === 0 ? "outside" : { start: Math.max(0, size - last), end: size - 1 };
  }
  const start = Number(match[1]);
  if (match[2] !== "" && Number(match[2]) < start) return null;
  if (start >= size) return "outside";
  return { start, end: match[2] === "" ? size - 1 : Math.min(size - 1, Number(match[2])) };
}
