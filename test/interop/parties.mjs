// The kinds of peers there are, by name.
import { fileURLToPath } from "node:url";
import { BrowserParty } from "./browser_party.mjs";
import { ProcessParty } from "./process_party.mjs";

const DATACHANNEL_PEER = fileURLToPath(new URL("datachannel_peer.mjs", import.meta.url));

/** Starts one of "native" (`peer` is the program interop_peer), "libdatachannel", "chromium", "firefox". */
export async function startParty(name, peer) {
  if (name === "native") return new ProcessParty(name, peer, []);
  if (name === "libdatachannel") return new ProcessParty(name, process.execPath, [DATACHANNEL_PEER]);
  return BrowserParty.launch(name);
}
