// Builds the page, its worker and the service worker into build/web, from where `skypod serve` hands them out.
// Everything the app needs is among those files: it must start with no network at all, and nothing ever comes from
// another host.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { defineConfig, type Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";

const server = "http://127.0.0.1:7890"; // `make run`; only the development server forwards to it

/** Leaves every text and module compressed beside itself, for the server to hand out. */
function compressed(): Plugin {
  const folder = "../build/web";
  return {
    name: "compressed",
    apply: "build",
    enforce: "post",
    closeBundle: {
      sequential: true,
      order: "post",
      handler() {
        for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
          if (!/\.(html|js|mjs|css|wasm|svg|webmanifest)$/.test(name)) continue;
          const content = readFileSync(join(folder, name));
          const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
          const small = brotliCompressSync(content, { params });
          writeFileSync(join(folder, `${name}.br`), small);
        }
      },
    },
  };
}

export default defineConfig({
  base: "./",
  build: {
    outDir: "../build/web",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // connect-src of the server's policy has no data:, so a wasm file must stay a file
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: {
    format: "es",
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "sqlite", test: /@sqlite\.org/ }] } } },
  },
  optimizeDeps: { exclude: ["@sqlite.org/sqlite-wasm"] }, // finds its wasm beside its own module
  server: {
    fs: { allow: [".."] }, // the core's wasm is in build/wasm
    proxy: { "/api": server, "/healthz": server, "/realm": { target: server, ws: true } },
  },
  plugins: [
    compressed(),
    VitePWA({
      registerType: "prompt", // never reload under a running episode: the page offers it
      injectRegister: null, // main.tsx registers; an inline script would break the policy
      includeAssets: ["icons/*"],
      manifest: {
        id: "./",
        name: "skypod",
        short_name: "skypod",
        description: "Podcasts and feeds on your own devices, in sync without an account.",
        start_url: "./",
        scope: "./",
        display: "standalone",
        share_target: {
          action: "./",
          method: "GET",
          params: { url: "shared-url", text: "shared-text", title: "shared-title" }, // read by src/ui/shared.ts
        },
        background_color: "#f4f7fb",
        theme_color: "#0f5fa8",
        icons: [
          { src: "icons/icon.svg", sizes: "any", type: "image/svg+xml" },
          { src: "icons/icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "icons/icon-512.png", sizes: "512x512", type: "image/png" },
          { src: "icons/maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
        ],
      },
      strategies: "injectManifest",
      srcDir: "src/sw",
      filename: "sw.ts",
      injectManifest: {
        globPatterns: ["**/*.{html,js,mjs,css,wasm}"],
        maximumFileSizeToCacheInBytes: 8 * 1024 * 1024, // bytes; the largest file is a wasm of about 1 MB
      },
    }),
  ],
});
