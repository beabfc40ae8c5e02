import assert from "node:assert/strict";
import { test } from "node:test";
import { pictureOf } from "./pictures";

const image = (attributes: Record<string, string>) => ({ getAttribute: (name: string) => attributes[name] ?? null });

test("a picture is where its source says", () => {
  const srcset = "https://a.example/2.png 2x";
  assert.equal(pictureOf(image({ src: "https://a.example/1.png", srcset })), "https://a.example/1.png");
});

test("without a source, the largest of its choices is taken", () => {
  for (const [srcset, expected] of [
    ["https://a.example/1.png 320w, https://a.example/2.png 1024w,\n https://a.example/3.png 640w", "2"],
    ["https://a.example/1.png, https://a.example/2.png 2x", "2"],
    ["https://a.example/1.png", "1"],
    ["https://a.example/1.png nonsense", "1"],
  ]) {
    assert.equal(pictureOf(image({ srcset: srcset! })), `https://a.example/${expected}.png`, srcset);
  }
  const withComma = "https://a.example/w_400,h_300/1.png 1x";
  assert.equal(pictureOf(image({ src: "", srcset: withComma })), "https://a.example/w_400,h_300/1.png");
});

test("what is not on the web is no picture", () => {
  for (const address of ["", "data:image/png;base64,AAAA", "javascript:alert(1)", "file:///etc/passwd"]) {
    assert.equal(pictureOf(image({ src: address, srcset: address && `${address} 2x` })), null, address);
  }
});
