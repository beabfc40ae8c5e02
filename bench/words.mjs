// Words for episodes that nobody has made: a vocabulary as uneven as that of people, the same in every run.

const SYLLABLES = "ka lo mi ra te su no pe vi da go fu ri ba ze hu ly sen tor mar quin bel dra".split(" ");
const VOCABULARY = 5_000;

export class Words {
  #state;
  #known;

  constructor(seed) {
    this.#state = seed;
    this.#known = Array.from({ length: VOCABULARY }, () => this.#make());
  }

  /** A number below 1 (mulberry32). */
  random() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** The first words are used often, the last hardly ever. */
  one() {
    return this.#known[Math.floor(VOCABULARY * this.random() ** 3)];
  }

  /** The one that is used most, and on to those that hardly are. */
  ranked(rank) {
    return this.#known[rank];
  }

  some(count) {
    return Array.from({ length: count }, () => this.one()).join(" ");
  }

  #make() {
    const syllable = () => SYLLABLES[Math.floor(this.random() * SYLLABLES.length)];
    return Array.from({ length: 2 + Math.floor(this.random() * 3) }, syllable).join("");
  }
}
