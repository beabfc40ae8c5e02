// Builds the page, its worker and the service worker into build/web, from where `skypod serve` hands them out.
// Everything the app needs is among those files: it must start with no network at all, and nothing ever comes from
// another host.

import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";

const server = "http://127.0.0.1:7890"; // `make run`; only the development server forwards to it

export default defineConfig({
  base: "./",
  build: {
    outDir: "../build/web",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // connect-src of the server's policy has no data:, so a wasm file must stay a file
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es" },
  optimizeDeps: { exclude: ["@sqlite.org/sqlite-wasm"] }, // finds its wasm beside its own module
  server: {
    fs: { allow: [".."] }, // the core's wasm is in build/wasm
    proxy: { "/api": server, "/healthz": server, "/realm": { target: server, ws: true } },
  },
  plugins: [
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
