// Pictures by way of the server's proxy, kept so that they are there without it. Those of articles that people keep
// stay until they are removed; of all others the ones that came first make room.

/** The cache of pictures that kept articles show, and that of all others. */
export const PICTURES = "kept-pictures";
const SEEN = "seen-pictures";
const SEEN_MAX = 800;

/** What a picture is kept under: its address without the token, which is another one each day. */
export function pictureKey(address: string, base: string): string {
  const url = new URL(address, base);
  url.searchParams.delete("token");
  return url.href;
}

/** Answers a page's request for a picture. */
export async function picture(request: Request, wait: (work: Promise<void>) => void): Promise<Response> {
  const key = pictureKey(request.url, request.url);
  const known = (await (await caches.open(PICTURES)).match(key)) ?? (await seenPicture(key));
  if (known) return known;
  const response = await fetch(request).catch(() => Response.error());
  if (response.ok) wait(rememberPicture(key, response.clone()));
  return response;
}

/** A picture that was remembered. */
export async function seenPicture(key: string): Promise<Response | undefined> {
  return (await caches.open(SEEN)).match(key);
}

/** Keeps a picture; of all of them the ones that came first make room. */
export async function rememberPicture(key: string, response: Response): Promise<void> {
  const cache = await caches.open(SEEN);
  await cache.put(key, response).catch(() => {}); // without room it is fetched again
  const keys = await cache.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - SEEN_MAX))) await cache.delete(old);
}
