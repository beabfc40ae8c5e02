// The part of tab_client.mjs that runs in a page, as a script. It speaks what web/src/host/tabs.ts says.

class TestTab {
  tab = crypto.randomUUID();
  term = 0;
  startedAt = 0; // when the leader's core answered, in milliseconds since 1970
  startedTerm = 0; // the term of the leader whose core that was
  acknowledged = []; // names of settings
  hellos = 0; // of tabs that begin to follow
  deposed = []; // ids of what a leader has acknowledged whose term was over
  #channel = new BroadcastChannel("skypod-tabs");
  #asked = new Map();
  #lastId = 0;
  #writing = false;
  #written = Promise.resolve();
  #watchers = new Set();

  constructor() {
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    // A tab that ends lets go of a lock of its name, which tells the leader; see web/src/host/seat.ts.
    void navigator.locks.request(`skypod-tab-${this.tab}`, () => new Promise(() => {}));
    this.#hello();
  }

  /** Asks the leader's core, and every later one again until it is answered. */
  ask(name, args) {
    return new Promise((resolve, reject) => {
      const message = { kind: "command", id: ++this.#lastId, name, args };
      this.#asked.set(message.id, { message, resolve, reject });
      if (this.startedAt > 0) this.#send(message);
    });
  }

  /** Writes settings one after another until `endWriting`. */
  beginWriting() {
    this.#writing = true;
    this.#written = this.#write();
  }

  endWriting() {
    this.#writing = false;
    return this.#written;
  }

  get nextId() {
    return this.#lastId + 1;
  }

  /** Asks the leader of that term, and no other one; see `deposed`. Answers the id. */
  askTerm(term, name, args) {
    const message = { kind: "command", id: ++this.#lastId, name, args };
    this.#channel.postMessage({ kind: "ask", term, tab: this.tab, message });
    return message.id;
  }

  /** Which of the acknowledged settings the library does not have. */
  async lost() {
    const { everywhere } = await this.ask("settings.list", {});
    return this.acknowledged.filter((name) => !(name in everywhere));
  }

  /** Resolves when `holds` of this. */
  until(holds) {
    if (holds(this)) return Promise.resolve();
    return new Promise((resolve) => {
      const look = () => holds(this) && this.#watchers.delete(look) && resolve();
      this.#watchers.add(look);
    });
  }

  #hello() {
    this.#channel.postMessage({ kind: "hello", tab: this.tab });
  }

  #send(message) {
    this.#channel.postMessage({ kind: "ask", term: this.term, tab: this.tab, message });
  }

  #hear(said) {
    if (said.kind === "beat" && said.term > this.term) {
      this.term = said.term;
      this.#hello();
    }
    if (said.kind === "hello") this.#note(() => this.hellos++);
    if (said.kind === "tell" && said.term < this.term) this.#note(() => this.#hearDeposed(said.message.output));
    if (said.kind !== "tell" || said.term !== this.term || (said.tab ?? this.tab) !== this.tab) return;
    if (said.message.kind === "started") this.#started();
    if (said.message.output?.out === "replied") this.#settle(said.message.output);
    this.#note(() => {});
  }

  #note(what) {
    what();
    for (const look of this.#watchers) look();
  }

  #hearDeposed(output) {
    if (output?.out === "replied" && "value" in output) this.deposed.push(output.id);
  }

  #started() {
    this.startedAt = performance.timeOrigin + performance.now();
    this.startedTerm = this.term;
    for (const { message } of this.#asked.values()) this.#send(message);
  }

  #settle({ id, value, error }) {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (error) asked?.reject(new Error(error.message));
    else asked?.resolve(value);
  }

  async #write() {
    while (this.#writing) {
      const name = `probe-${this.acknowledged.length}`;
      await this.ask("settings.set", { name, value: 1, everywhere: true });
      this.acknowledged.push(name);
    }
  }
}

window.testTab ??= new TestTab();
