// Two parties and the signalling between them: brings descriptions and candidates across in order, and settles crossing
// offers as core/realm does (the second party is the polite one).
const DEADLINE_MS = 30_000;

export class Couple {
  static #lastId = 0;

  constructor(first, second) {
    this.id = ++Couple.#lastId;
    this.parties = [first, second];
    this.sides = [0, 1].map((index) => ({
      index,
      polite: index === 1,
      offering: false,
      ignoring: false,
      opened: 0,
      locals: 0,
      failed: null,
      path: null,
      messages: [],
      counting: 0,
      streaming: 0,
      counted: [],
    }));
    this.waiting = null;
    for (const side of this.sides) {
      const { index } = side;
      const party = this.parties[index];
      party.couples ??= new Map();
      party.couples.set(this.id, (event) => this.#take(side, event));
      party.onEvent = (event) => party.couples.get(event.id)?.(event);
      party.do({ do: "open", id: this.id });
    }
  }

  do(index, command) {
    this.parties[index].do({ ...command, id: this.id });
  }

  offer(index, restart = false) {
    this.sides[index].offering = true;
    this.do(index, { do: "offer", restart });
  }

  /** Waits for a state of the sides; throws what is the matter if it does not come. */
  async until(what, reached) {
    if (reached(this.sides)) return;
    const { promise, resolve, reject } = Promise.withResolvers?.() ?? deferred();
    const timer = setTimeout(() => reject(new Error(`no ${what} within ${DEADLINE_MS} ms`)), DEADLINE_MS);
    this.waiting = { reached, resolve, reject };
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.waiting = null;
    }
  }

  opened() {
    return this.until("open channel", (sides) => sides.every((side) => side.opened === 1));
  }

  close() {
    for (const [index, party] of this.parties.entries()) {
      party.couples.delete(this.id);
      this.do(index, { do: "close" });
    }
  }

  #take(side, event) {
    const other = this.sides[1 - side.index];
    if (event.on === "local") side.locals++;
    if (event.on === "local") this.#bringDescription(side, other, event);
    else if (event.on === "candidate") this.#bringCandidate(other, event);
    else if (event.on === "opened") side.opened++;
    else if (event.on === "message") side.messages.push({ size: event.size, hash: event.hash });
    else if (event.on === "counting") side.counting++;
    else if (event.on === "streaming") side.streaming++;
    else if (event.on === "counted") side.counted.push(event);
    else if (event.on === "path") side.path = event;
    else if (event.on === "failed") side.failed = event.fault;
    if (event.on === "failed") this.waiting?.reject(new Error(`${this.parties[side.index].name}: ${event.fault}`));
    if (this.waiting?.reached(this.sides)) this.waiting.resolve();
  }

  #bringDescription(side, other, { isOffer, sdp }) {
    if (isOffer && !side.offering) return; // rolled back while it was being made
    if (isOffer && other.offering) {
      other.ignoring = !other.polite;
      if (other.ignoring) return;
    }
    other.ignoring = false;
    other.offering = false;
    this.do(other.index, { do: "remote", isOffer, sdp });
  }

  #bringCandidate(other, { candidate, mid, line }) {
    if (!other.ignoring) this.do(other.index, { do: "candidate", candidate, mid, line });
  }
}

function deferred() {
  const out = {};
  out.promise = new Promise((resolve, reject) => Object.assign(out, { resolve, reject }));
  return out;
}
