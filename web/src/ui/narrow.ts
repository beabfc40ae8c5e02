// Whether the window has as little room as a phone's; where that changes what is said, and not only how it looks.

import { signal } from "@preact/signals";

const media = typeof matchMedia === "undefined" ? null : matchMedia("(max-width: 799px)"); // as in layout.css

export const narrow = signal(media?.matches ?? false);
media?.addEventListener("change", ({ matches }) => (narrow.value = matches));
