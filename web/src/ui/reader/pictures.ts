// The pictures of an article.

import { webAddress } from "../format";

/** The addresses of an article's pictures, each once. Nothing is loaded or run by looking. */
export function picturesOf(html: string): string[] {
  const page = new DOMParser().parseFromString(html, "text/html");
  const addresses = [...page.querySelectorAll("img")].map(pictureOf);
  return [...new Set(addresses.filter((address) => address !== null))];
}

/** Where an element's picture is: at its source, or else the largest of its choices; null if that is not on the web. */
export function pictureOf(image: Pick<Element, "getAttribute">): string | null {
  return webAddress(image.getAttribute("src") ?? "") ?? webAddress(largestOf(image.getAttribute("srcset") ?? ""));
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
