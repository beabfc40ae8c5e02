import assert from "node:assert/strict";
import { test } from "node:test";
import type { Members, Peer } from "../../protocol";
import { strings } from "../strings";
import { type Branch, family, nameOf } from "./family";

let joined = 0;
const peer = (id: string, invitedBy: string | null, more: Partial<Peer> = {}): Peer => ({
  id,
  name: id.toUpperCase(),
  self: false,
  online: false,
  state: "closed",
  rung: "none",
  rttMs: null,
  invitedBy,
  joinedAtMs: ++joined,
  recovery: false,
  current: null,
  ...more,
});
const shape = (branches: Branch[]): unknown[] => branches.map(({ peer: { id }, children }) => [id, shape(children)]);

test("devices hang under the device that added them, oldest first", () => {
  const peers = [peer("a", null), peer("b", "a"), peer("c", "b"), peer("d", "a")];
  assert.deepEqual(shape(family([...peers].reverse())), [
    [
      "a",
      [
        ["b", [["c", []]]],
        ["d", []],
      ],
    ],
  ]);
});

test("whose inviter is gone stands at the top", () => {
  assert.deepEqual(shape(family([peer("a", null), peer("b", "gone")])), [
    ["a", []],
    ["b", []],
  ]);
});

test("recovery keys are no devices; who came back with one hangs under its maker", () => {
  const peers = [peer("a", null), peer("r", "a", { recovery: true }), peer("b", "r")];
  assert.deepEqual(shape(family(peers)), [["a", [["b", []]]]]);
});

test("a circle, which no ledger has, is still shown, each device once", () => {
  const peers = [
    peer("a", "b"),
    peer("b", "a"),
    peer("r", "s", { recovery: true }),
    peer("s", "r", { recovery: true }),
  ];
  assert.deepEqual(shape(family([...peers, peer("c", "r")])), [
    ["c", []],
    ["a", [["b", []]]],
  ]);
});

test("names come from the members, then from those removed", () => {
  const removed = [{ id: "x", name: "Lost phone", removedBy: "a", atMs: 1, recovery: false }];
  const members = { realm: "r", epoch: 1, members: [], removed } satisfies Members;
  const peers = [peer("a", null), peer("abcdefgh", "a", { name: "" }), peer("r", "a", { recovery: true, name: "" })];
  assert.equal(nameOf("a", peers, null), "A");
  assert.equal(nameOf("x", peers, members), "Lost phone");
  assert.equal(nameOf("x", peers, null), strings.devices.aFormerDevice);
  assert.equal(nameOf("abcdefgh", peers, members), strings.devices.unnamed("abcd efgh"));
  assert.equal(nameOf("r", peers, members), strings.devices.aRecoveryKey);
});
