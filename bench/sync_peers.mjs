// The same work as bench/sync.cpp with another library, in memory: octets and milliseconds of processor time from the
// two states. Prints a line of JSON for each task.
//
//   node bench/sync_peers.mjs yjs|loro|automerge [RECORDS]
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";

const require = createRequire(new URL("../web/package.json", import.meta.url));
const [library, count = "50000"] = process.argv.slice(2);
const RECORDS = Number(count);
const EACH = 1_000;

const feed = (i) => `https://feeds.example/${Math.floor(i / 500)}/rss.xml`;
const record = () => [Math.round(Math.random() * 72_000) / 10, Math.random() < 0.8 ? 1 : 0];
const keys = Array.from({ length: RECORDS + 3 * EACH }, (_, i) => `${feed(i)} guid:${randomUUID()}`);

/** Two documents: set(a or b, from, count) writes records, pull() brings both to the same state and gives octets. */
const libraries = {
  yjs() {
    const Y = require("yjs");
    const docs = [new Y.Doc(), new Y.Doc()];
    const pull = (from, to) => {
      const vector = Y.encodeStateVector(to);
      const update = Y.encodeStateAsUpdate(from, vector);
      Y.applyUpdate(to, update);
      return vector.length + update.length;
    };
    return {
      set: (at, from, count) =>
        docs[at].transact(() => {
          for (let i = from; i < from + count; i++) docs[at].getMap("play").set(keys[i], record());
        }),
      pull: (from, to) => pull(docs[from], docs[to]),
    };
  },
  loro() {
    const { LoroDoc } = require("loro-crdt");
    const docs = [new LoroDoc(), new LoroDoc()];
    return {
      set: (at, from, count) => {
        for (let i = from; i < from + count; i++) docs[at].getMap("play").set(keys[i], record());
        docs[at].commit();
      },
      pull: (from, to) => {
        const vector = docs[to].version();
        const update = docs[from].export({ mode: "update", from: vector });
        docs[to].import(update);
        return vector.encode().length + update.length;
      },
    };
  },
  automerge() {
    const A = require("@automerge/automerge");
    const docs = [A.from({ play: {} }), A.init()];
    return {
      set: (at, from, count) => {
        docs[at] = A.change(docs[at], (doc) => {
          for (let i = from; i < from + count; i++) doc.play[keys[i]] = record();
        });
      },
      // Its protocol goes both ways at once.
      pull: (from) => {
        if (from === 1) return 0;
        const states = [A.initSyncState(), A.initSyncState()];
        let octets = 0;
        for (let said = true; said; ) {
          said = false;
          for (const [here, there] of [[0, 1], [1, 0]]) {
            const [state, message] = A.generateSyncMessage(docs[here], states[here]);
            states[here] = state;
            if (!message) continue;
            [docs[there], states[there]] = A.receiveSyncMessage(docs[there], states[there], message);
            octets += message.length;
            said = true;
          }
        }
        return octets;
      },
    };
  },
};

const { set, pull } = libraries[library]();

function measure(task, work) {
  const start = process.cpuUsage();
  const octets = work();
  const { user, system } = process.cpuUsage(start);
  console.log(JSON.stringify({ task, octets, ms: (user + system) / 1000 }));
}

// Each record is written for itself, as listening does; automerge would take hours for that, so it gets 1,000 at once.
const step = library === "automerge" ? EACH : 1;
for (let i = 0; i < RECORDS; i += step) set(0, i, step);
measure("first sync", () => pull(0, 1));
set(0, RECORDS, 1);
measure("one change", () => pull(0, 1));
set(0, RECORDS + EACH, EACH);
set(1, RECORDS + 2 * EACH, EACH);
measure("1,000 changes on each side", () => pull(0, 1) + pull(1, 0));
