// Bundles every *_test.ts for `node --test`: Node 20 cannot run TypeScript by itself.

import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { defineConfig } from "vite";

const tests = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith("_test.ts"));

export default defineConfig({
  publicDir: false,
  logLevel: "warn",
  ssr: { noExternal: true },
  build: {
    ssr: true,
    outDir: "../build/web-test",
    emptyOutDir: true,
    rolldownOptions: {
      input: Object.fromEntries(tests.map((file) => [basename(file, ".ts"), join("src", file)])),
      output: { entryFileNames: "[name].test.mjs" },
    },
  },
});
