// The realm's recovery keys: members that are no devices, only a file and a code in somebody's drawer.

import type { Members, Peer } from "../../protocol";
import { shortId } from "../../pairing/codes";
import { nameOf } from "../devices/family";
import { RemoveMember } from "../devices/remove_member";
import { day } from "../format";
import { Icon } from "../icons";
import { hashOf } from "../route";
import { useStore } from "../store";
import { strings } from "../strings";

export function RecoveryKeys({ members }: { members: Members | null }) {
  const keys = useStore().peers.value.filter(({ recovery }) => recovery);
  const latestFirst = [...keys].sort((a, b) => b.joinedAtMs - a.joinedAtMs);
  return (
    <section class="card stack tight" aria-labelledby="recovery-keys" data-testid="recovery-keys">
      <h2 id="recovery-keys">{strings.recovery.listTitle}</h2>
      <p>{keys.length === 0 ? strings.recovery.none : strings.recovery.some}</p>
      {keys.length > 0 && (
        <ul class="plain stack tight">
          {latestFirst.map((peer) => (
            <RecoveryKey key={peer.id} {...{ peer, members }} />
          ))}
        </ul>
      )}
      <a class="button self-start" href={hashOf({ page: "recovery" })} data-testid="recovery-create">
        <Icon name="key" />
        {strings.recovery.create}
      </a>
    </section>
  );
}

function RecoveryKey({ peer, members }: { peer: Peer; members: Members | null }) {
  const peers = useStore().peers.value;
  const maker = peer.invitedBy === null ? strings.devices.aFormerDevice : nameOf(peer.invitedBy, peers, members);
  const label = strings.devices.removeNamed(`${strings.recovery.row} ${shortId(peer.id)}`);
  return (
    <li class="row wrap between" data-testid="recovery-key">
      <p class="grow">
        {strings.recovery.row}{" "}
        <span class="quiet">
          {strings.recovery.made(maker, day(peer.joinedAtMs))} ·{" "}
          <span class="whole">{strings.devices.id(shortId(peer.id))}</span>
        </span>
      </p>
      <RemoveMember
        id={peer.id}
        {...{ label }}
        title={strings.recovery.removeTitle}
        body={strings.recovery.removeBody}
        busy={strings.recovery.removing}
        done={strings.recovery.removed}
      />
    </li>
  );
}
