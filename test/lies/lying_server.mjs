// The double: clients take it for the server. It passes everything on to the real one, files and WebSockets, and does
// to the frames what a lie's rule says.
import { createServer, request } from "node:http";
import { createRequire } from "node:module";
import { readFrame } from "./tokens.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { WebSocket, WebSocketServer } = require("ws");

const PATIENCE_MS = 20_000;

/** One client's connection and the one to the real server behind it. */
class Connection {
  id = ""; // the client's identity, known from its first token
  keptOpen = false; // the client does not notice when the real server ends it

  constructor(client, real) {
    Object.assign(this, { client, real });
  }

  toClient(message) {
    if (this.client.readyState === WebSocket.OPEN) this.client.send(textOf(message));
  }

  toServer(message) {
    if (this.real.readyState === WebSocket.OPEN) this.real.send(textOf(message));
  }

  /** The client sees the network fail, and connects again. */
  cut() {
    this.client.terminate();
    this.real.terminate();
  }
}

const textOf = (message) => (typeof message === "string" ? message : JSON.stringify(message));

export class LyingServer {
  frames = []; // all that passed, as it came: {from: "client" | "server", id, text, message, connection}
  #rules = new Set();
  #connections = new Set();
  #watchers = new Set();

  constructor(real) {
    this.real = new URL(real);
  }

  async start() {
    this.http = createServer((incoming, outgoing) => this.#passHttp(incoming, outgoing));
    const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
    this.http.on("upgrade", (incoming, socket, head) => {
      sockets.handleUpgrade(incoming, socket, head, (client) => this.#connect(client, incoming));
    });
    await new Promise((resolve) => this.http.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.http.address().port}`;
  }

  stop() {
    for (const connection of this.#connections) connection.cut();
    this.http.close();
    this.http.closeAllConnections();
  }

  /**
   * From now on `rule(frame)` sees each frame before it is passed on: undefined passes it on as it is, a list of
   * messages takes its place, an empty one keeps it back. Answers how to stop.
   */
  lie(rule) {
    this.#rules.add(rule);
    return () => this.#rules.delete(rule);
  }

  tellTheTruth() {
    this.#rules.clear();
  }

  /** The connection of a client that is authenticated, at least as far as the client believes. */
  of(id) {
    const found = [...this.#connections].filter((connection) => connection.id === id).at(-1);
    if (!found) throw new Error(`${id} is not connected`);
    return found;
  }

  cutAll() {
    for (const connection of [...this.#connections]) connection.cut();
  }

  /** The first frame from number `since` on for which `isMeant` holds, also one that is still to come. */
  frame(what, isMeant, since = 0) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#watchers.delete(look);
        reject(new Error(`no such frame passed in time: ${what}`));
      }, PATIENCE_MS);
      const look = () => {
        const found = this.frames.find((frame, index) => index >= since && isMeant(frame));
        if (!found) return;
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve(found);
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** What the real server answers a stranger who connects and sends these frames. */
  async ask(...frames) {
    const socket = new WebSocket(new URL("/realm", this.real.href.replace(/^http/, "ws")));
    const answers = [];
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("the real server did not close in time")), PATIENCE_MS);
      socket.on("message", (data) => {
        if (answers.push(JSON.parse(data.toString())) === 1) frames.forEach((frame) => socket.send(frame));
      });
      socket.on("close", (code) => {
        clearTimeout(timer);
        resolve({ answers, code });
      });
      socket.on("error", reject);
    });
  }

  #passHttp(incoming, outgoing) {
    const { method, url, headers } = incoming;
    const onward = request({ host: this.real.hostname, port: this.real.port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  }

  #connect(client, { headers }) {
    const { host, origin } = headers;
    const url = new URL("/realm", this.real.href.replace(/^http/, "ws"));
    const real = new WebSocket(url, { headers: origin ? { host, origin } : { host }, perMessageDeflate: false });
    const connection = new Connection(client, real);
    this.#connections.add(connection);
    const early = [];
    real.on("open", () => early.splice(0).forEach((text) => this.#pass("client", connection, text)));
    client.on("message", (data) => {
      if (real.readyState === WebSocket.CONNECTING) early.push(data.toString());
      else this.#pass("client", connection, data.toString());
    });
    real.on("message", (data) => this.#pass("server", connection, data.toString()));
    real.on("error", () => client.terminate());
    client.on("error", () => real.terminate());
    real.on("close", (code, reason) => {
      if (!connection.keptOpen) close(client, code, reason);
    });
    client.on("close", (code, reason) => {
      this.#connections.delete(connection);
      close(real, code, reason);
    });
  }

  #pass(from, connection, text) {
    const message = readFrame(text);
    if (from === "client" && !connection.id && !text.startsWith("{")) connection.id = message?.iss ?? "";
    const frame = { from, id: connection.id, text, message, connection };
    this.frames.push(frame);
    let passed = [text];
    for (const rule of this.#rules) {
      const instead = rule(frame);
      if (instead) passed = instead;
    }
    for (const one of passed) from === "client" ? connection.toServer(one) : connection.toClient(one);
    for (const look of [...this.#watchers]) look();
  }
}

function close(socket, code, reason) {
  if (code === 1005 || code === 1006) socket.terminate();
  else socket.close(code, reason);
}
