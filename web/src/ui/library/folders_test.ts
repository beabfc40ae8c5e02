import assert from "node:assert/strict";
import { test } from "node:test";
import type { Subscription } from "../../protocol";
import { byFolder, tagsOf, typedTags } from "./folders";

function subscription(feed: string, folder: string, tags: string[] = []): Subscription {
  const fetched = { episodes: 0, played: 0, problem: "", problemCode: "", way: "", reach: "" } as const;
  const access = { private: false, login: null };
  return { feed, folder, tags, title: feed, description: "", icon: "", ...fetched, ...access };
}

test("folders come by name, after what is in none", () => {
  const list = [subscription("a", "News"), subscription("b", ""), subscription("c", "Arts"), subscription("d", "News")];
  assert.deepEqual(
    byFolder(list).map(({ folder, subscriptions }) => [folder, subscriptions.map(({ feed }) => feed).join()]),
    [
      ["", "b"],
      ["Arts", "c"],
      ["News", "a,d"],
    ],
  );
});

test("tags are listed once each", () => {
  assert.deepEqual(tagsOf([subscription("a", "", ["x", "b"]), subscription("b", "", ["b"])]), ["b", "x"]);
});

test("typed tags are taken apart at commas", () => {
  assert.deepEqual(typedTags(" long  reads, tech,,tech , "), ["long reads", "tech"]);
  assert.deepEqual(typedTags("  "), []);
});
