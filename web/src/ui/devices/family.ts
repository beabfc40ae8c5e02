// Who brought whom in, as a tree that people can read: devices hang under the device that added them.

import { shortId } from "../../pairing/codes";
import type { Members, Peer } from "../../protocol";
import { strings } from "../strings";

export interface Branch {
  peer: Peer;
  children: Branch[]; // oldest first
}

/**
 * The devices, without recovery keys. One that came back with a recovery key hangs under the device that made the key;
 * one whose inviter is gone stands at the top.
 */
export function family(peers: Peer[]): Branch[] {
  const known = new Map(peers.map((peer) => [peer.id, peer]));
  const devices = peers.filter(({ recovery }) => !recovery).sort((a, b) => a.joinedAtMs - b.joinedAtMs);
  const seen = new Set<Peer>(); // should anybody ever have brought each other in, they are still shown, once
  const branch = (peer: Peer): Branch => {
    seen.add(peer);
    const children = devices.filter((other) => !seen.has(other) && parent(known, other) === peer);
    return { peer, children: children.map(branch) };
  };
  const top = devices.filter((peer) => !parent(known, peer)).map(branch);
  const rest = devices.flatMap((peer) => (seen.has(peer) ? [] : [branch(peer)]));
  return [...top, ...rest];
}

function parent(known: Map<string, Peer>, peer: Peer): Peer | undefined {
  let above = peer.invitedBy === null ? undefined : known.get(peer.invitedBy);
  for (let steps = 0; above?.recovery && steps < known.size; steps++) {
    above = above.invitedBy === null ? undefined : known.get(above.invitedBy);
  }
  return above?.recovery ? undefined : above;
}

/** What to call whoever has this id: a device, a recovery key, one that was removed, or somebody long gone. */
export function nameOf(id: string, peers: Peer[], members: Members | null): string {
  const someone = peers.find((peer) => peer.id === id) ?? members?.removed.find((removed) => removed.id === id);
  if (!someone) return strings.devices.aFormerDevice;
  if ("recovery" in someone && someone.recovery) return strings.devices.aRecoveryKey;
  return someone.name || strings.devices.unnamed(shortId(id));
}
