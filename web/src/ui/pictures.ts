// Pictures of feeds and articles, by way of the server: publishers do not learn who looks at them, and they come in the
// size they are shown in. The service worker keeps them (sw/pictures.ts). Those of a private feed come from where they
// are, since the server must not know of them; if they want its login, made smaller here, and kept the same way.

import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { CoreError } from "../protocol";
import { webAddress } from "./format";
import { rememberPicture, seenPicture } from "../sw/pictures";
import { isClosed, isPrivate, type Proxy, takesLogin, type Wanted } from "./proxy";

/** Pixels, as the server makes them. */
export const WIDTHS = { artwork: 256, article: 1024 } as const;
type Width = (typeof WIDTHS)[keyof typeof WIDTHS];

const OCTETS_MAX = 20 * 1024 * 1024; // of a picture, as the server takes them
const GOOD_FOR_MS = 20 * 3_600_000; // a token in an address lasts a day

export class Pictures {
  readonly #proxy: Pick<Proxy, "address" | "raw">;
  readonly #made = new Map<string, { address: string; atMs: number }>();

  constructor(proxy: Pick<Proxy, "address" | "raw">) {
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
    const address = await small.catch((error: unknown) => this.#private({ url, feed }, width, error));
    this.#made.set(`${width} ${url} ${feed}`, { address, atMs: Date.now() });
    return address;
  }

  /** For what cannot be made smaller, such as drawings. */
  whole(url: string, feed: string): Promise<string> {
    const wanted = { url, feed };
    return this.#proxy.address("raw", wanted).catch((error: unknown) => this.#private(wanted, null, error));
  }

  /** `width`: null for as it is. */
  async #private(wanted: Wanted, width: Width | null, error: unknown): Promise<string> {
    if (!isPrivate(error)) throw error;
    if (!takesLogin(error)) return wanted.url;
    const name = `asked?url=${encodeURIComponent(wanted.url)}&w=${width}`;
    const key = new URL(name, document.baseURI).href; // never fetched
    const seen = await seenPicture(key);
    if (seen) return dataUrlOf(await seen.blob());
    const whole = await this.#whole(wanted).catch((problem: unknown) => {
      if (!isClosed(problem)) throw problem;
      return null;
    });
    if (!whole) return wanted.url; // its host may show it to anybody
    const picture = width === null ? whole : await smaller(whole, width);
    await rememberPicture(key, new Response(picture));
    return dataUrlOf(picture);
  }

  async #whole(wanted: Wanted): Promise<Blob> {
    const response = await this.#proxy.raw(wanted);
    const isPicture = response.headers.get("content-type")?.startsWith("image/");
    if (!isPicture || Number(response.headers.get("content-length")) > OCTETS_MAX) {
      await response.body?.cancel();
      throw new CoreError(422, "not_a_picture", "");
    }
    return response.blob();
  }
}

/** At most as wide as that. Rejects for what the browser cannot draw so, such as drawings. */
async function smaller(picture: Blob, width: number): Promise<Blob> {
  const drawn = await createImageBitmap(picture);
  const scale = Math.min(1, width / drawn.width);
  const canvas = new OffscreenCanvas(Math.ceil(drawn.width * scale), Math.ceil(drawn.height * scale));
  canvas.getContext("2d")!.drawImage(drawn, 0, 0, canvas.width, canvas.height);
  drawn.close();
  return canvas.convertToBlob({ type: "image/webp" });
}

function dataUrlOf(picture: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error!);
    reader.readAsDataURL(picture);
  });
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
