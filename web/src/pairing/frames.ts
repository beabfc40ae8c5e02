// A pairing code is often longer than one QR symbol that a phone can read off a screen, so it is cut into frames that
// are shown in turn. Each frame says which one it is and of which text, so the reader may see them in any order, twice,
// or mixed with QR codes that have nothing to do with us:
//
//   skypod1 <index from 1>/<count> <checksum of the whole text, 8 hex digits> <chunk>

/** Characters of text in one frame; with its head a frame stays below 300, a QR symbol of 69 modules a side. */
export const CHUNK_CHARS_MAX = 272;

/** Frames of one text: more would take half a minute to show once round. */
export const FRAMES_MAX = 64;

/** Characters of a text that can be framed. */
export const TEXT_CHARS_MAX = CHUNK_CHARS_MAX * FRAMES_MAX;

/** What a collector has so far. `text` is set once, when the last missing frame has come. */
export interface Collected {
  have: number;
  total: number;
  text: string | null;
}

interface Frame {
  index: number;
  total: number;
  checksum: string;
  chunk: string;
}

const FRAME = /^skypod1 ([1-9]\d?)\/([1-9]\d?) ([0-9a-f]{8}) ([!-~]+)$/;

/**
 * The frames of a text of visible ASCII, equally long but for the last.
 * Throws RangeError when the text is empty, too long or holds anything else: codes are base64url with dots.
 */
export function toFrames(text: string): string[] {
  if (!/^[!-~]+$/.test(text))
    throw new RangeError("A QR code can only carry visible ASCII here; encode the text first.");
  if (text.length > TEXT_CHARS_MAX) {
    throw new RangeError(`${text.length} characters do not fit QR frames (at most ${TEXT_CHARS_MAX}); share the link.`);
  }
  const total = Math.ceil(text.length / CHUNK_CHARS_MAX);
  const size = Math.ceil(text.length / total);
  const checksum = fnv1a(text);
  return Array.from({ length: total }, (_, index) => {
    const chunk = text.slice(index * size, (index + 1) * size);
    return `skypod1 ${index + 1}/${total} ${checksum} ${chunk}`;
  });
}

/** Puts scanned frames together. A frame of another text starts over with that text: the code was renewed. */
export class FrameCollector {
  #total = 0;
  #checksum = "";
  #chunks = new Map<number, string>();

  /** Takes whatever was scanned. Returns null, and forgets nothing, when that is not one of our frames. */
  accept(scanned: string): Collected | null {
    const frame = parseFrame(scanned);
    if (!frame) return null;
    if (frame.checksum !== this.#checksum || frame.total !== this.#total) this.#startOver(frame);
    this.#chunks.set(frame.index, frame.chunk);
    const text = this.#assemble();
    return { have: this.#chunks.size, total: this.#total, text };
  }

  #startOver(frame: Frame): void {
    this.#total = frame.total;
    this.#checksum = frame.checksum;
    this.#chunks.clear();
  }

  // A wrong checksum means that two texts were mixed or a frame was misread: everything is collected again.
  #assemble(): string | null {
    if (this.#chunks.size < this.#total) return null;
    const text = Array.from({ length: this.#total }, (_, index) => this.#chunks.get(index + 1)).join("");
    if (fnv1a(text) === this.#checksum) return text;
    this.#chunks.clear();
    return null;
  }
}

function parseFrame(scanned: string): Frame | null {
  const match = FRAME.exec(scanned);
  if (!match) return null;
  const [, index, total, checksum = "", chunk = ""] = match;
  const frame = { index: Number(index), total: Number(total), checksum, chunk };
  const fits = frame.index <= frame.total && frame.total <= FRAMES_MAX && chunk.length <= CHUNK_CHARS_MAX;
  return fits ? frame : null;
}

// FNV-1a, 32 bits: tells texts apart and notices misreadings; it is no protection, the code itself is signed.
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
