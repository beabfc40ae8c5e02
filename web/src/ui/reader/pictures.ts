// The pictures of an article.

import { webAddress } from "../format";

/** The addresses of an article's pictures, each once. `base` as below. Nothing is loaded or run by looking. */
export function picturesOf(html: string, base?: string | undefined): string[] {
  const page = new DOMParser().parseFromString(html, "text/html");
  const addresses = [...page.querySelectorAll("img")].map((image) => pictureOf(image, base));
  return [...new Set(addresses.filter((address) => address !== null))];
}

/**
 * Where an element's picture is: at its source, or else the largest of its choices; null if that is not on the web.
 * `base`: where relative addresses start from.
 */
export function pictureOf(image: Pick<Element, "getAttribute">, base?: string | undefined): string | null {
  const told = (name: string) => image.getAttribute(name) ?? "";
  return webAddress(told("src"), base) ?? webAddress(largestOf(told("srcset")), base);
}

/** Of `ADDRESS SIZE, …`, as the attribute srcset has it. A choice without a size counts as one of 1. */
function largestOf(choices: string): string {
  let largest = { address: "", size: 0 };
  for (const choice of choices.trim().split(/,\s+/)) {
    const [address = "", told = "1"] = choice.split(/\s+/);
    const size = Number.parseFloat(told) || 1;
    if (size > largest.size) largest = { address, size };
  }
  return largest.address;
}
