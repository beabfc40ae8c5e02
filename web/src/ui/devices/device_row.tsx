// One device of the realm: what it is called, how this device stands with it, and how it came in.

import type { Members, Peer } from "../../protocol";
import { shortId } from "../../pairing/codes";
import { day } from "../format";
import { Icon, type IconName } from "../icons";
import { useStore } from "../store";
import { strings } from "../strings";
import { nameOf } from "./family";
import { RemoveMember } from "./remove_member";
import { Rename } from "./rename";

export function DeviceRow({ peer, members }: { peer: Peer; members: Members | null }) {
  const peers = useStore().peers.value;
  const name = peer.name || strings.devices.unnamed(shortId(peer.id));
  return (
    <div
      class="card stack tight"
      data-testid="peer-row"
      data-peer-id={peer.id}
      data-state={peer.state}
      data-rung={peer.rung}
      data-online={peer.online}
      data-current={peer.current}
    >
      <div class="row wrap">
        <h2 class="grow">{name}</h2>
        {!peer.self && <Remove id={peer.id} name={name} />}
      </div>
      <PeerState peer={peer} />
      <p class="quiet">
        {origin(peer, peers, members)} · <span class="whole">{strings.devices.id(shortId(peer.id))}</span>
      </p>
      {peer.self && <Rename name={peer.name} />}
    </div>
  );
}

function Remove({ id, name }: { id: string; name: string }) {
  return (
    <RemoveMember
      id={id}
      label={strings.devices.removeNamed(name)}
      title={strings.devices.removeTitle(name)}
      body={strings.devices.removeBody}
      busy={strings.devices.removing(name)}
      done={strings.devices.removed(name)}
    />
  );
}

function origin({ invitedBy, joinedAtMs }: Peer, peers: Peer[], members: Members | null): string {
  const date = day(joinedAtMs);
  if (invitedBy === null) return strings.devices.founded(date);
  const inviter = peers.find((peer) => peer.id === invitedBy);
  if (inviter?.recovery) return strings.devices.restored(date);
  if (inviter?.self) return strings.devices.invitedHere(date);
  return strings.devices.invited(nameOf(invitedBy, peers, members), date);
}

type Standing = keyof typeof strings.devices.state;

const standingIcons: Record<Standing, IconName> = {
  direct: "direct",
  turn: "server",
  relay: "server",
  connecting: "waiting",
  reconnecting: "waiting",
  online: "server",
  offline: "off",
};

function standing({ state, rung, online }: Peer): Standing {
  if (rung === "relay" || (rung !== "none" && state === "connected")) return rung;
  if (state === "connecting" || state === "reconnecting") return state;
  return online ? "online" : "offline";
}

const isConnected = (now: Standing) => now === "direct" || now === "turn" || now === "relay";

function PeerState({ peer }: { peer: Peer }) {
  if (peer.self) {
    return (
      <p class="chip self">
        <Icon name="self" />
        {strings.devices.self}
      </p>
    );
  }
  const now = standing(peer);
  return (
    <div class="row wrap">
      <p class={`chip ${isConnected(now) ? "connected" : now}`}>
        <Icon name={standingIcons[now]} />
        {strings.devices.state[now]}
        {peer.rttMs !== null && isConnected(now) && (
          <span title={strings.devices.rttLabel}>· {strings.devices.rtt(peer.rttMs)}</span>
        )}
      </p>
      {peer.current === false && (
        <p class="chip reconnecting" data-testid="not-current">
          <Icon name="waiting" />
          {strings.devices.notCurrent}
        </p>
      )}
    </div>
  );
}
