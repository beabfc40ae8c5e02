// Rows as one byte string, as core/wire/packed_rows.hpp has them: a CBOR sequence of null, whole numbers, doubles,
// texts and byte strings. No value becomes an object on its way between the core's memory and SQLite's.

const OCTETS_MAJOR = 2; // CBOR's major types: 0 and 1 are whole numbers
const TEXT_MAJOR = 3;
const NULL_OCTET = 0xf6;
const REAL_OCTET = 0xfb;
const IN_PLACE_MAX = 23; // above: 1, 2, 4 or 8 octets of a number follow
const HEAD_MAX = 9;
const TWO_32 = 2 ** 32;
const FIRST_OCTETS = 4 * 1024;
const SHORT_OCTETS = 64; // up to here a loop is quicker than copying by call

/** What a value is; the numbers of PackedReader's `kind`. */
export const NULL = 0;
export const WHOLE = 1;
export const REAL = 2;
export const TEXT = 3;
export const OCTETS = 4;

/** Reads one value after the other. */
export class PackedReader {
  readonly #octets: Uint8Array;
  readonly #view: DataView;
  #next = 0;
  /** Of the value that was read last: its kind, a number's value, and where text and octets lie, and how many. */
  kind = NULL;
  number = 0;
  at = 0;
  size = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
    this.#view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  }

  get atEnd(): boolean {
    return this.#next >= this.#octets.length;
  }

  /** Throws if there is no value, or one of another kind. */
  next(): void {
    if (this.atEnd) throw unreadable();
    const octet = this.#octets[this.#next++]!;
    if (octet === NULL_OCTET) return void (this.kind = NULL);
    if (octet === REAL_OCTET) return this.#readReal();
    const major = octet >> 5;
    if (major > TEXT_MAJOR) throw unreadable();
    const number = this.#argument(octet & 31);
    if (major < OCTETS_MAJOR) {
      this.kind = WHOLE;
      this.number = major === 0 ? number : -1 - number;
    } else {
      this.kind = major === TEXT_MAJOR ? TEXT : OCTETS;
      this.at = this.#next;
      this.size = number;
      this.#next += number;
      if (this.#next > this.#octets.length) throw unreadable();
    }
  }

  #readReal(): void {
    this.kind = REAL;
    this.number = this.#view.getFloat64(this.#advance(8));
  }

  #argument(info: number): number {
    if (info <= IN_PLACE_MAX) return info;
    if (info === 24) return this.#view.getUint8(this.#advance(1));
    if (info === 25) return this.#view.getUint16(this.#advance(2));
    if (info === 26) return this.#view.getUint32(this.#advance(4));
    if (info !== 27) throw unreadable();
    const at = this.#advance(8);
    return this.#view.getUint32(at) * TWO_32 + this.#view.getUint32(at + 4);
  }

  #advance(octets: number): number {
    const at = this.#next;
    this.#next += octets;
    return at;
  }
}

const unreadable = () => new Error("packed rows cannot be read");

/** Writes one value after the other. */
export class PackedWriter {
  #octets = new Uint8Array(FIRST_OCTETS);
  #view = new DataView(this.#octets.buffer);
  #size = 0;

  null(): void {
    this.#reserve(1);
    this.#octets[this.#size++] = NULL_OCTET;
  }

  /** At most 2^53, either way. */
  whole(number: number): void {
    this.#reserve(HEAD_MAX);
    if (number >= 0) this.#head(0, number);
    else this.#head(1, -1 - number);
  }

  real(number: number): void {
    this.#reserve(HEAD_MAX);
    this.#octets[this.#size] = REAL_OCTET;
    this.#view.setFloat64(this.#size + 1, number);
    this.#size += HEAD_MAX;
  }

  /** A text in UTF-8, or octets, that lie in `heap`. */
  copy(kind: typeof TEXT | typeof OCTETS, heap: Uint8Array, at: number, size: number): void {
    this.#reserve(HEAD_MAX + size);
    this.#head(kind === TEXT ? TEXT_MAJOR : OCTETS_MAJOR, size);
    if (size > SHORT_OCTETS) this.#octets.set(heap.subarray(at, at + size), this.#size);
    else for (let i = 0; i < size; i++) this.#octets[this.#size + i] = heap[at + i]!;
    this.#size += size;
  }

  /** All that was written. */
  finish(): Uint8Array {
    return this.#octets.subarray(0, this.#size);
  }

  #reserve(more: number): void {
    if (this.#size + more <= this.#octets.length) return;
    const larger = new Uint8Array(2 * (this.#size + more));
    larger.set(this.#octets);
    this.#octets = larger;
    this.#view = new DataView(larger.buffer);
  }

  #head(major: number, number: number): void {
    const initial = major << 5;
    if (number <= IN_PLACE_MAX) {
      this.#octets[this.#size++] = initial | number;
    } else if (number < 0x100) {
      this.#octets[this.#size++] = initial | 24;
      this.#octets[this.#size++] = number;
    } else if (number < 0x10000) {
      this.#octets[this.#size] = initial | 25;
      this.#view.setUint16(this.#size + 1, number);
      this.#size += 3;
    } else if (number < TWO_32) {
      this.#octets[this.#size] = initial | 26;
      this.#view.setUint32(this.#size + 1, number);
      this.#size += 5;
    } else {
      this.#octets[this.#size] = initial | 27;
      this.#view.setUint32(this.#size + 1, Math.floor(number / TWO_32));
      this.#view.setUint32(this.#size + 5, number % TWO_32);
      this.#size += HEAD_MAX;
    }
  }
}
