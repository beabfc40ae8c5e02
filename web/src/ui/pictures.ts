// Pictures of feeds and articles, by way of the server: publishers do not learn who looks at them, and they come in the
// size they are shown in. The service worker keeps them (sw/pictures.ts).

import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { webAddress } from "./format";
import type { Proxy } from "./proxy";

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
  known(url: string, width: Width): string | null {
    const made = this.#made.get(`${width} ${url}`);
    return made && Date.now() - made.atMs < GOOD_FOR_MS ? made.address : null;
  }

  async addressOf(url: string, width: Width): Promise<string> {
    const known = this.known(url, width);
    if (known !== null) return known;
    const address = `${await this.#proxy.address("image", url)}&w=${width}`;
    this.#made.set(`${width} ${url}`, { address, atMs: Date.now() });
    return address;
  }

  /** For what cannot be made smaller, such as drawings. */
  whole(url: string): Promise<string> {
    return this.#proxy.address("raw", url);
  }
}

export const PicturesContext = createContext<Pictures | null>(null);

export function usePictures(): Pictures {
  const pictures = useContext(PicturesContext);
  if (!pictures) throw new Error("no pictures above this component");
  return pictures;
}

/** The source of a picture, null while there is none, and what to call when it could not be shown. */
export function usePicture(untrusted: string, width: Width): [source: string | null, failed: () => void] {
  const pictures = usePictures();
  const url = webAddress(untrusted);
  const [made, setMade] = useState<{ url: string; source: string | null; whole: boolean } | null>(null);
  const current = made?.url === url ? made : null;
  useEffect(() => {
    if (url === null || current) return;
    let overtaken = false;
    pictures.addressOf(url, width).then(
      (source) => overtaken || setMade({ url, source, whole: false }),
      () => {}, // without a realm there is no way to the server: the letter stays
    );
    return () => void (overtaken = true);
  }, [url, width]);
  const failed = () => {
    if (url === null || current === null) return;
    if (current.whole) return setMade({ url, source: null, whole: true });
    pictures.whole(url).then(
      (source) => setMade({ url, source, whole: true }),
      () => setMade({ url, source: null, whole: true }),
    );
  };
  return [url === null ? null : current ? current.source : pictures.known(url, width), failed];
}
