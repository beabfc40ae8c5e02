// What members of a realm say to each other all the time, and what they hear: each says a number every so often to all
// the others, and each number must be heard by each of them, once and in order.
import assert from "node:assert/strict";

const SAY_EVERY_MS = 200;

/** One member's part. */
class Speaker {
  heard = new Map(); // by name of another: the numbers, in the order in which they came

  constructor(name, peer, others) {
    this.name = name;
    this.peer = peer;
    for (const other of others) this.heard.set(other, []);
  }
}

/** Among members, {name: Peer}, who have ids. */
export class Conversation {
  #speakers;
  #said = 0;
  #timer;
  #names = new Map(); // by id
  #changed = new Set();

  constructor(members) {
    const names = Object.keys(members);
    this.#speakers = names.map(
      (name) => new Speaker(name, members[name], names.filter((other) => other !== name)),
    );
    for (const speaker of this.#speakers) {
      this.#names.set(speaker.peer.id, speaker.name);
      speaker.peer.listener = (event, dat) => this.#told(speaker, event, dat);
    }
  }

  begin() {
    this.#timer = setInterval(() => this.#round(), SAY_EVERY_MS);
  }

  /** The number of what is said next. */
  get next() {
    return this.#said + 1;
  }

  /** Waits for so much time, by what is said meanwhile. */
  async pass(ms) {
    const end = this.#said + Math.ceil(ms / SAY_EVERY_MS);
    await this.since(() => this.#said >= end, 0, 2 * ms);
  }

  #round() {
    this.#said++;
    for (const look of [...this.#changed]) look();
    for (const { peer } of this.#speakers) peer.post("message.send", { text: `${this.#said}`, to: null, mode: "p2p" });
  }

  #told(speaker, event, dat) {
    if (event === "message") speaker.heard.get(this.#names.get(dat.from)).push(Number(dat.text));
    if (event === "peers") speaker.members = dat.peers;
    if (process.env.VERBOSE && ["peers", "device", "host.link"].includes(event)) this.#print(speaker, event, dat);
    if (event === "message" || event === "peers") for (const look of [...this.#changed]) look();
  }

  #print({ name }, event, dat) {
    const shown = (dat.peers ?? []).filter(({ self }) => !self);
    const states = shown.map(({ id, state, rung, online }) => `${this.#names.get(id)} ${state} ${rung} ${online}`);
    console.log(`${performance.now().toFixed(0)} ${name} ${event} ${dat.link ?? dat.problem ?? states.join(", ")}`);
  }

  /** Whether everybody has heard this number, or a later one, from everybody, except what `isExcused`. */
  haveHeard(number) {
    return this.#speakers.every(({ heard }) => [...heard.values()].every((numbers) => numbers.at(-1) >= number));
  }

  /** Whether everybody shows everybody on that rung, and at the server. */
  areOn(rung) {
    const isThere = ({ self, online, rung: shown }) => online && (self || shown === rung);
    return this.#speakers.every(({ members }) => members?.every(isThere));
  }

  /** When `isSo` first holds and then goes on to hold for `steadyMs`; rejects after `patienceMs`. */
  async since(isSo, steadyMs, patienceMs) {
    const deadline = performance.now() + patienceMs;
    let began = isSo() ? performance.now() : undefined;
    for (;;) {
      if (began !== undefined && performance.now() - began >= steadyMs) return began;
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`not whole in time: ${this.describe()}`);
      await this.#change(Math.min(left, began === undefined ? left : began + steadyMs - performance.now()));
      if (!isSo()) began = undefined;
      else began ??= performance.now();
    }
  }

  #change(patienceMs) {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#changed.delete(done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, patienceMs));
      this.#changed.add(done);
    });
  }

  /** Stops, and waits until all that was said has been heard. */
  async end(patienceMs) {
    clearInterval(this.#timer);
    await this.since(() => this.haveHeard(this.#said), 0, patienceMs);
  }

  /**
   * All that was said since the last check was heard by everybody from everybody, once and in order. `reborn` was
   * killed meanwhile: what it had not said yet is lost, and it hears again what it had not confirmed.
   */
  check(reborn) {
    for (const { name, peer, heard } of this.#speakers) {
      assert.deepEqual(peer.refused, [], `${name} was refused`);
      for (const [other, numbers] of heard) {
        const what = `${name} heard from ${other}: ${numbers}`;
        if (other === reborn) assert.ok(steps(numbers).every((step) => step > 0), what);
        else if (name === reborn) assert.ok(steps(numbers).filter((step) => step !== 1).length <= 1, what);
        else assert.ok(steps(numbers).every((step) => step === 1), what);
        heard.set(other, numbers.slice(-1));
      }
    }
  }

  describe() {
    return this.#speakers
      .map(({ name, members, heard }) => {
        const shown = members?.filter(({ self }) => !self).map(({ id, rung, state, online }) => {
          const other = this.#names.get(id);
          return `${other} ${state} ${rung} ${online ? "online" : "offline"} heard ${heard.get(other).at(-1)}`;
        });
        return `${name}: ${shown?.join(", ")}`;
      })
      .join("; ");
  }
}

function steps(numbers) {
  return numbers.slice(1).map((number, at) => number - numbers[at]);
}
