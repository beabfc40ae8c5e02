// Pictures of feeds and articles, by way of the server: publishers do not learn who looks at them, and they come in the
// size they are shown in. The service worker keeps them (sw/pictures.ts). Those of a private feed come from where they
// are, since the server must not know of them.

import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { webAddress } from "./format";
import { isPrivate, type Proxy } from "./proxy";

/** Pixels, as the server makes them. */
export const WIDTHS = { artwork: 256, article: 1024 } as const;
type Width = (typeof WIDTHS)[keyof typeof WIDTHS];

const GOOD_FOR_MS = 20 * 3_600_000; // a token in an address lasts a day

export class Pictures {
  readonly #proxy: Pick<Proxy, "address">;
  readonly #made = new Map<string, { address: string; atMs: number }>();

  constructor(proxy: Pick<Proxy, "address">) {
    this.#proxy = proxy;
  }

  /** The address made before, if it is still good. */
  known(url: string, feed: string, width: Width): string | null {
    const made = this.#made.get(`${width} ${url} ${feed}`);
    return made && Date.now() - made.atMs < GOOD_FOR_MS ? made.address : null;
  }

  async addressOf(url: string, feed: string, width: Width): Promise<string> {
    const known = this.known(url, feed, width);
    if (known !== null) return known;
    const small = this.#proxy.address("image", { url, feed }).then((address) => `${address}&w=${width}`);
    const address = await small.catch((error: unknown) => publisherOf(url, error));
    this.#made.set(`${width} ${url} ${feed}`, { address, atMs: Date.now() });
    return address;
  }

  /** For what cannot be made smaller, such as drawings. */
  whole(url: string, feed: string): Promise<string> {
    return this.#proxy.address("raw", { url, feed }).catch((error: unknown) => publisherOf(url, error));
  }
}

function publisherOf(url: string, error: unknown): string {
  if (!isPrivate(error)) throw error;
  return url;
}

export const PicturesContext = createContext<Pictures | null>(null);

export function usePictures(): Pictures {
  const pictures = useContext(PicturesContext);
  if (!pictures) throw new Error("no pictures above this component");
  return pictures;
}

/** The source of a picture, null while there is none, and what to call when it could not be shown. */
export function usePicture(untrusted: string, feed: string, width: Width): [source: string | null, failed: () => void] {
  const pictures = usePictures();
  const url = webAddress(untrusted);
  const [made, setMade] = useState<{ url: string; source: string | null; whole: boolean } | null>(null);
  const current = made?.url === url ? made : null;
  useEffect(() => {
    if (url === null || current) return;
    let overtaken = false;
    pictures.addressOf(url, feed, width).then(
      (source) => overtaken || setMade({ url, source, whole: false }),
      () => {}, // without a realm there is no way to the server: the letter stays
    );
    return () => void (overtaken = true);
  }, [url, feed, width]);
  const failed = () => {
    if (url === null || current === null) return;
    if (current.whole) return setMade({ url, source: null, whole: true });
    pictures.whole(url, feed).then(
      (source) => setMade({ url, source, whole: true }),
      () => setMade({ url, source: null, whole: true }),
    );
  };
  return [url === null ? null : current ? current.source : pictures.known(url, feed, width), failed];
}
