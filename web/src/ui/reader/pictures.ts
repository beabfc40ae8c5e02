// The pictures of an article.

import { webAddress } from "../format";

/** The addresses of an article's pictures, each once. Nothing is loaded or run by looking. */
export function picturesOf(html: string): string[] {
  const page = new DOMParser().parseFromString(html, "text/html");
  const addresses = [...page.querySelectorAll("img")].map((image) => webAddress(image.getAttribute("src") ?? ""));
  return [...new Set(addresses.filter((address) => address !== null))];
}
