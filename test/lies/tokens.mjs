// Reads what passes the server, as anybody can who has no keys.

const decode = (part) => Buffer.from(part, "base64url");

/** The payload of a compact JWS, or the header of a compact JWE; null if it is neither. Nothing is verified. */
export function peek(token) {
  try {
    const parts = token.split(".");
    if (parts.length !== 3 && parts.length !== 5) return null;
    return JSON.parse(decode(parts[parts.length === 3 ? 1 : 0]).toString("utf8"));
  } catch {
    return null;
  }
}

/** The same token with its payload changed by `change` and its old signature. */
export function tamper(token, change) {
  const [header, payload, signature] = token.split(".");
  const claims = JSON.parse(decode(payload).toString("utf8"));
  change(claims);
  return [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
}

/** A frame as the lies look at it: an envelope, or the payload of a token. */
export function readFrame(text) {
  try {
    return text.startsWith("{") ? JSON.parse(text) : peek(text);
  } catch {
    return null;
  }
}

/** Every text within `text` that can be had without a key, also through layers of base64url, each once. */
export function openTexts(text, found = new Set()) {
  if (found.has(text)) return found;
  found.add(text);
  for (const [part] of text.matchAll(/[\w-]{16,}/g)) {
    const inner = decode(part).toString("utf8");
    if (inner !== text && !inner.includes("\ufffd")) openTexts(inner, found);
  }
  return found;
}

/** The JWEs in a frame, wherever they are in it: compact ones, and those for several recipients. */
export function ciphertexts(text) {
  return [...openTexts(text)].flatMap((open) => stringsOf(parse(open))).filter(isCiphertext);
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function stringsOf(value) {
  if (typeof value === "string") return [value];
  return value && typeof value === "object" ? Object.values(value).flatMap(stringsOf) : [];
}

function isCiphertext(text) {
  return /^[\w-]+(\.[\w-]*){4}$/.test(text) || parse(text)?.ciphertext !== undefined;
}
