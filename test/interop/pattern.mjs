// Messages whose octets both ends can compute, so that only size and hash need to be compared. As pattern.hpp. Runs in
// node and, by its source text, in pages.

/** `size` octets that differ by position and seed. */
export function pattern(size, seed) {
  const out = new Uint8Array(size);
  for (let i = 0; i < size; i++) out[i] = (seed + i * 31 + (i >> 8)) & 255;
  return out;
}

/** FNV-1a, 32 bits. */
export function hashOf(octets) {
  let hash = 2166136261;
  for (const octet of octets) hash = Math.imul(hash ^ octet, 16777619);
  return hash >>> 0;
}
