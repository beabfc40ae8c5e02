// Shows HTML that strangers wrote. The server sanitises it; here it is sanitised again, because what reaches a page may
// have come another way. It becomes nodes without ever being an element's innerHTML.

import { useEffect, useRef, useState } from "preact/hooks";
import { webAddress } from "../format";
import { type Pictures, usePictures, WIDTHS } from "../pictures";
import { strings } from "../strings";

const RULES = {
  USE_PROFILES: { html: true },
  FORBID_TAGS: ["style", "form", "input", "button", "textarea", "select", "dialog", "audio", "video", "map", "area"],
  FORBID_ATTR: [
    "style",
    "id",
    "class",
    "name",
    "tabindex",
    "autofocus",
    "srcset",
    "background",
    "popover",
    "is",
    "slot",
  ],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true as const,
};

interface Props {
  html: string;
  feed: string; // that the HTML belongs to
  images: boolean;
}

export function SafeHtml({ html, feed, images }: Props) {
  const pictures = usePictures();
  const place = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let overtaken = false;
    clean(html, feed, images ? pictures : null).then(
      (nodes) => overtaken || place.current?.replaceChildren(nodes),
      () => overtaken || setFailed(true),
    );
    return () => void (overtaken = true);
  }, [html, feed, images]);
  if (failed) return <p role="alert">{strings.app.unexpected}</p>;
  return <div ref={place} class="prose" data-testid="prose" />;
}

async function clean(html: string, feed: string, pictures: Pictures | null): Promise<DocumentFragment> {
  const { default: purifier } = await import("dompurify");
  const nodes = purifier.sanitize(html, RULES);
  for (const link of nodes.querySelectorAll("a")) tameLink(link);
  for (const image of nodes.querySelectorAll("img")) {
    if (pictures) tameImage(image, feed, pictures);
    else image.remove();
  }
  lowerHeadings(nodes);
  return nodes;
}

function tameLink(link: HTMLAnchorElement): void {
  const address = webAddress(link.getAttribute("href") ?? "");
  if (!address) return link.removeAttribute("href");
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
}

function tameImage(image: HTMLImageElement, feed: string, pictures: Pictures): void {
  const address = webAddress(image.getAttribute("src") ?? "");
  if (!address) return image.remove();
  image.removeAttribute("src");
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
