// The same work as bench/sync.cpp with yjs, automerge and loro-crdt: octets and time from the two states.
//
//   npm install --no-save --prefix build/peers yjs @automerge/automerge loro-crdt
//   node bench/sync_peers.mjs build/peers
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { randomUUID } from "node:crypto";

const require = createRequire(resolve(process.argv[2] ?? "build/peers", "package.json"));
const RECORDS = 50_000;
const EACH = 1_000;

const feed = (i) => `https://feeds.example/${Math.floor(i / 500)}/rss.xml`;
const record = () => [Math.round(Math.random() * 72_000) / 10, Math.random() < 0.8 ? 1 : 0];
const keys = Array.from({ length: RECORDS + 3 * EACH }, (_, i) => `${feed(i)} guid:${randomUUID()}`);

function report(library, what, octets, start) {
  const ms = (performance.now() - start).toFixed(2);
  console.log(`${library.padEnd(10)} ${what.padEnd(34)} ${String(octets).padStart(10)} octets ${ms.padStart(10)} ms`);
}

function yjs() {
  const Y = require("yjs");
  const a = new Y.Doc();
  const b = new Y.Doc();
  const set = (doc, from, count) => doc.transact(() => {
    for (let i = from; i < from + count; i++) doc.getMap("play").set(keys[i], record());
  });
  const pull = (from, to) => {
    const vector = Y.encodeStateVector(to);
    const update = Y.encodeStateAsUpdate(from, vector);
    Y.applyUpdate(to, update);
    return vector.length + update.length;
  };
  for (let i = 0; i < RECORDS; i++) a.getMap("play").set(keys[i], record());
  let start = performance.now();
  report("yjs", "first sync", pull(a, b), start);
  set(a, RECORDS, 1);
  start = performance.now();
  report("yjs", "one change", pull(a, b), start);
  set(a, RECORDS + EACH, EACH);
  set(b, RECORDS + 2 * EACH, EACH);
  start = performance.now();
  report("yjs", "1,000 changes on each side", pull(a, b) + pull(b, a), start);
}

function loro() {
  const { LoroDoc } = require("loro-crdt");
  const a = new LoroDoc();
  const b = new LoroDoc();
  const set = (doc, from, count) => {
    for (let i = from; i < from + count; i++) doc.getMap("play").set(keys[i], record());
    doc.commit();
  };
  const pull = (from, to) => {
    const vector = to.version();
    const update = from.export({ mode: "update", from: vector });
    to.import(update);
    return vector.encode().length + update.length;
  };
  for (let i = 0; i < RECORDS; i++) set(a, i, 1);
  let start = performance.now();
  report("loro", "first sync", pull(a, b), start);
  set(a, RECORDS, 1);
  start = performance.now();
  report("loro", "one change", pull(a, b), start);
  set(a, RECORDS + EACH, EACH);
  set(b, RECORDS + 2 * EACH, EACH);
  start = performance.now();
  report("loro", "1,000 changes on each side", pull(a, b) + pull(b, a), start);
}

function automerge() {
  const A = require("@automerge/automerge");
  let a = A.from({ play: {} });
  let b = A.init();
  const set = (doc, from, count) =>
    A.change(doc, (d) => {
      for (let i = from; i < from + count; i++) d.play[keys[i]] = record();
    });
  const sync = () => {
    let [stateA, stateB] = [A.initSyncState(), A.initSyncState()];
    let octets = 0;
    for (let message = true, back = true; message || back; ) {
      [stateA, message] = A.generateSyncMessage(a, stateA);
      if (message) [b, stateB] = A.receiveSyncMessage(b, stateB, message);
      [stateB, back] = A.generateSyncMessage(b, stateB);
      if (back) [a, stateA] = A.receiveSyncMessage(a, stateA, back);
      octets += (message?.length ?? 0) + (back?.length ?? 0);
    }
    return octets;
  };
  for (let i = 0; i < RECORDS; i += EACH) a = set(a, i, EACH);
  let start = performance.now();
  report("automerge", "first sync", sync(), start);
  a = set(a, RECORDS, 1);
  start = performance.now();
  report("automerge", "one change", sync(), start);
  a = set(a, RECORDS + EACH, EACH);
  b = set(b, RECORDS + 2 * EACH, EACH);
  start = performance.now();
  report("automerge", "1,000 changes on each side", sync(), start);
}

yjs();
loro();
automerge();
