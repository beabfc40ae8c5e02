import assert from "node:assert/strict";
import { test } from "node:test";
import { fileName, groups, isLastGroup } from "./recovery_code";

test("a code's last group is known in any spelling, and nothing else is", () => {
  const code = "ABCD-EFGH-2345";
  assert.deepEqual(groups(code), ["ABCD", "EFGH", "2345"]);
  for (const right of ["2345", " 23 45 ", "-2345"]) assert.ok(isLastGroup(code, right));
  assert.ok(isLastGroup("ABCD-EFGH", "efgh"));
  for (const wrong of ["", " - ", "234", "ABCD", "23456"]) assert.equal(isLastGroup(code, wrong), false);
});

test("the file carries its day", () => {
  assert.equal(fileName(Date.UTC(2024, 4, 6)), "skypod-recovery-2024-05-06.json");
});
