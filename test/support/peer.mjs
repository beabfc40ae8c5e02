// The real `skypod peer --json` for tests in JavaScript, and `skypod` commands beside it. What a peer speaks is
// peer/lines.hpp.
import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";

const PATIENCE_MS = 20_000; // for anything that is waited for
const STATES = new Set(["device", "peers", "host.link"]); // events that say how things are: only the last one counts

/** A peer as a child process. Options are added to `skypod peer --json --data DATA`, e.g. ["--server", url]. */
export class Peer {
  #events = [];
  #replies = new Map();
  #waiting = new Set();
  #lastId = 0;

  constructor(program, data, options = []) {
    this.program = program;
    this.data = data;
    this.options = options;
  }

  /** Starts it, and waits until it is ready; its identity is in `id`. */
  async start() {
    const args = ["peer", "--json", "--data", this.data, ...this.options];
    this.process = spawn(this.program, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.ended = new Promise((resolve) => this.process.once("exit", (code, signal) => resolve(code ?? signal)));
    createInterface({ input: this.process.stdout }).on("line", (line) => this.#take(JSON.parse(line)));
    this.id = (await this.event("host.ready")).id;
  }

  /** Carries out a command; rejects with the core's sentence, and its code in `code`, if it is refused. */
  async command(name, args = {}) {
    const id = ++this.#lastId;
    this.process.stdin.write(`${JSON.stringify({ id, name, args })}\n`);
    const reply = await this.#until(name, () => this.#replies.get(id));
    this.#replies.delete(id);
    if (reply.error) throw Object.assign(new Error(`${name}: ${reply.error.message}`), { code: reply.error.code });
    return reply.ok;
  }

  /** The first event of that name for which `isMeant` holds, also of those told already; see STATES. */
  event(name, isMeant = () => true, patienceMs = PATIENCE_MS) {
    const find = () => {
      const at = this.#events.findIndex((told) => told.event === name && isMeant(told.dat));
      if (at < 0) return undefined;
      return STATES.has(name) ? this.#events[at].dat : this.#events.splice(at, 1)[0].dat;
    };
    return this.#until(name, find, patienceMs);
  }

  /** Waits until the server has let it in. */
  online(patienceMs) {
    return this.event("device", ({ link }) => link === "online", patienceMs);
  }

  /** Waits until so many other members are in that state. */
  peers(count, state = "connected", patienceMs = PATIENCE_MS) {
    const enough = ({ peers }) => peers.filter((peer) => !peer.self && peer.state === state).length >= count;
    return this.event("peers", enough, patienceMs);
  }

  /** SIGTERM; answers the exit code. */
  stop() {
    this.process.kill("SIGTERM");
    return this.ended;
  }

  #take(line) {
    if ("reply" in line) this.#replies.set(line.reply, line);
    else this.#note(line);
    for (const look of [...this.#waiting]) look();
  }

  #note(told) {
    if (STATES.has(told.event)) this.#events = this.#events.filter(({ event }) => event !== told.event);
    this.#events.push(told);
  }

  #until(what, find, patienceMs = PATIENCE_MS) {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = find();
        if (found === undefined) return;
        done();
        resolve(found);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`the peer did not tell ${what} in time`));
      }, patienceMs);
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** Lets `guest` into the realm of `host` by their commands. */
export async function pair(host, guest) {
  const { registration } = await guest.command("pairing.register");
  const { invitation } = await host.command("pairing.invite", { registration });
  await guest.command("pairing.join", { invitation });
}

/** Runs `skypod ARGS` to its end with `input` on its standard input; answers {code, output, errors}. */
export function run(program, args, input = "") {
  return new Promise((resolve) => {
    const child = execFile(program, args, (error, output, errors) => {
      resolve({ code: error ? (error.code ?? 1) : 0, output, errors });
    });
    child.stdin.end(input);
  });
}
