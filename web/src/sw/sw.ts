// The service worker: the app's files, so that it starts without a server, and what people keep on this device, in
// whichever ranges a player asks for.

import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { kept, PICTURES } from "./kept";

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

const OF_THE_SERVER = [/^\/api(\/|$)/, /^\/healthz$/, /^\/realm(\/|$)/];

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL("index.html"), { denylist: OF_THE_SERVER }));

// The first visit is already covered when the server goes away.
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The page says when a new version may take over: never under a running episode.
self.addEventListener("message", (event: ExtendableMessageEvent) => {
  if ((event.data as { type?: string } | null)?.type === "SKIP_WAITING") void self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  const scope = new URL(self.registration.scope).pathname;
  if (request.url.startsWith(self.registration.scope) && path.startsWith(`${scope}kept/`)) {
    event.respondWith(kept(path.slice(`${scope}kept/`.length), request));
  } else if (request.destination === "image" && !request.url.startsWith(self.registration.scope)) {
    event.respondWith(picture(request));
  }
});

/** A picture of a kept article, else from its publisher. */
async function picture(request: Request): Promise<Response> {
  const cache = await caches.open(PICTURES);
  return (await cache.match(request.url)) ?? fetch(request);
}
