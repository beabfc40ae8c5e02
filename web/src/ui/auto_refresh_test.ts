import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals";
import type { Device, Subscription } from "../protocol";
import { isDue, startAutoRefresh } from "./auto_refresh";
import type { Store } from "./store";

const HOUR = 3_600_000;

test("feeds are due after half an hour, and when a clock went back", () => {
  assert.equal(isDue(0, 10 * HOUR), true);
  assert.equal(isDue(10 * HOUR, 10.4 * HOUR), false);
  assert.equal(isDue(10 * HOUR, 10.5 * HOUR), true);
  assert.equal(isDue(20 * HOUR, 10 * HOUR), true);
});

test("they are fetched once, as soon as there is a server and something to fetch", () => {
  const asked: string[] = [];
  const store = {
    device: signal<Partial<Device> | null>(null),
    subscriptions: signal<Partial<Subscription>[] | null>(null),
    command: (name: string) => (asked.push(name), Promise.resolve({})),
  };
  const kept = { ms: 0, read: () => kept.ms, write: (ms: number) => void (kept.ms = ms) };
  const end = startAutoRefresh(store as unknown as Store, kept);
  store.subscriptions.value = [{ feed: "f" }];
  assert.deepEqual(asked, []);
  store.device.value = { realm: "r", link: "offline" };
  assert.deepEqual(asked, []);
  store.device.value = { realm: "r", link: "online" };
  store.device.value = { realm: "r", link: "offline" };
  store.device.value = { realm: "r", link: "online" };
  assert.deepEqual(asked, ["library.refresh"]);
  kept.ms = 0;
  end();
  store.subscriptions.value = [];
  assert.equal(asked.length, 1);
});
