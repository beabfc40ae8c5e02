// The service worker: the app's files, so that it starts without a server, and what people keep on this device, or only
// the page can get at, in whichever ranges a player asks for.

import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { asked, askOf } from "./asked";
import { kept } from "./kept";
import { picture } from "./pictures";

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
  const scope = self.registration.scope;
  if (request.url.startsWith(`${scope}kept/`))
    event.respondWith(kept(request.url.slice(`${scope}kept/`.length), request));
  if (request.url.startsWith(`${scope}asked/`)) {
    const name = request.url.slice(`${scope}asked/`.length);
    const answer = async () =>
      asked(request.headers.get("range"), askOf(await self.clients.get(event.clientId), name));
    event.respondWith(answer());
  }
  if (request.url.startsWith(`${scope}api/image?`)) {
    event.respondWith(picture(request, (work) => event.waitUntil(work)));
  }
});
