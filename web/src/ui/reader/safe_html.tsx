// Shows HTML that strangers wrote. A server or native device that fetched it has sanitised it; here it is sanitised in
// any case, because a browser may have fetched it itself. It becomes nodes without ever being an element's innerHTML.

import { useEffect, useRef, useState } from "preact/hooks";
import { webAddress } from "../format";
import { type Pictures, usePictures, WIDTHS } from "../pictures";
import { strings } from "../strings";
import { pictureOf } from "./pictures";

const RULES = {
  USE_PROFILES: { html: true },
  FORBID_TAGS: [
    "style",
    "form",
    "input",
    "button",
    "textarea",
    "select",
    "dialog",
    "audio",
    "video",
    "source",
    "map",
    "area",
  ],
  FORBID_ATTR: ["style", "id", "class", "name", "tabindex", "autofocus", "background", "popover", "is", "slot"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true as const,
};

interface Origin {
  feed: string; // that the HTML belongs to
  base: string | undefined; // where its relative addresses start from
}

interface Props extends Origin {
  html: string;
  images: boolean;
}

export function SafeHtml({ html, feed, base, images }: Props) {
  const pictures = usePictures();
  const place = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let overtaken = false;
    clean(html, { feed, base }, images ? pictures : null).then(
      (nodes) => overtaken || place.current?.replaceChildren(nodes),
      () => overtaken || setFailed(true),
    );
    return () => void (overtaken = true);
  }, [html, feed, base, images]);
  if (failed) return <p role="alert">{strings.app.unexpected}</p>;
  return <div ref={place} class="prose" data-testid="prose" />;
}

async function clean(html: string, origin: Origin, pictures: Pictures | null): Promise<DocumentFragment> {
  const { default: purifier } = await import("dompurify");
  const nodes = purifier.sanitize(html, RULES);
  for (const link of nodes.querySelectorAll("a")) tameLink(link, origin);
  for (const image of nodes.querySelectorAll("img")) {
    if (pictures) tameImage(image, origin, pictures);
    else image.remove();
  }
  lowerHeadings(nodes);
  return nodes;
}

function tameLink(link: HTMLAnchorElement, { base }: Origin): void {
  const address = webAddress(link.getAttribute("href") ?? "", base);
  if (!address) return link.removeAttribute("href");
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
}

function tameImage(image: HTMLImageElement, { feed, base }: Origin, pictures: Pictures): void {
  const address = pictureOf(image, base);
  if (!address) return image.remove();
  for (const name of ["src", "srcset", "sizes"]) image.removeAttribute(name);
  const show = (source: string) => (image.src = source);
  const lose = () => image.remove();
  const retry = () => {
    image.addEventListener("error", lose, { once: true });
    pictures.whole(address, feed).then(show, lose);
  };
  image.addEventListener("error", retry, { once: true });
  pictures.addressOf(address, feed, WIDTHS.article).then(show, lose);
  image.loading = "lazy";
  image.decoding = "async";
  if (!image.hasAttribute("alt")) image.alt = "";
}

/** The screen has its own first heading; a stranger's must not stand beside it. */
function lowerHeadings(nodes: DocumentFragment): void {
  for (const heading of nodes.querySelectorAll("h1")) {
    const lower = document.createElement("h2");
    lower.append(...heading.childNodes);
    heading.replaceWith(lower);
  }
}
