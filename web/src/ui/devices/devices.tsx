// The realm as people see it: its devices and who brought them in, its recovery keys, those that were removed, the key
// they share, and what is to be said about this device.

import { useState } from "preact/hooks";
import type { Members, RemovedMember } from "../../protocol";
import { Busy, Confirm, Problem, ScreenTitle, useTask } from "../controls";
import { shortId } from "../../pairing/codes";
import { day } from "../format";
import { Icon } from "../icons";
import { RecoveryKeys } from "../recovery/recovery_keys";
import { hashOf } from "../route";
import { useStore } from "../store";
import { strings } from "../strings";
import { DeviceRow } from "./device_row";
import { type Branch, family, nameOf } from "./family";
import { KeySection } from "./key_section";
import { useMembers } from "./members";
import { StorageSection } from "./storage_section";

export function Devices() {
  const peers = useStore().peers.value;
  const members = useMembers();
  const alone = peers.every((peer) => peer.self || peer.recovery);
  return (
    <div class="stack">
      <div class="row wrap">
        <ScreenTitle>{strings.devices.title}</ScreenTitle>
        <a class="button primary" href={hashOf({ page: "add-device", code: "" })} data-testid="add-device">
          <Icon name="add" />
          {strings.devices.add}
        </a>
      </div>
      <Family branches={family(peers)} members={members} />
      {alone && (
        <div class="empty">
          <p>{strings.devices.alone}</p>
          <p>{strings.devices.elsewhere}</p>
        </div>
      )}
      <RecoveryKeys members={members} />
      {members && members.removed.length > 0 && <RemovedDevices members={members} />}
      <KeySection />
      <StorageSection />
      <ThisDevice />
    </div>
  );
}

function Family({ branches, members }: { branches: Branch[]; members: Members | null }) {
  return (
    <ul class="plain stack tight family">
      {branches.map(({ peer, children }) => (
        <li key={peer.id} class="stack tight">
          <DeviceRow peer={peer} members={members} />
          {children.length > 0 && <Family branches={children} members={members} />}
        </li>
      ))}
    </ul>
  );
}

function RemovedDevices({ members }: { members: Members }) {
  const peers = useStore().peers.value;
  const latestFirst = [...members.removed].sort((a, b) => b.atMs - a.atMs);
  const how = ({ id, removedBy, atMs }: RemovedMember) =>
    removedBy === id
      ? strings.devices.left(day(atMs))
      : strings.devices.removedBy(nameOf(removedBy, peers, members), day(atMs));
  return (
    <section class="card stack tight" aria-labelledby="removed-devices" data-testid="removed-devices">
      <h2 id="removed-devices">{strings.devices.removedTitle}</h2>
      <ul class="plain stack tight">
        {latestFirst.map((member) => (
          <li key={member.id}>
            <p>{calledRemoved(member)}</p>
            <p class="quiet">
              {how(member)} · <span class="whole">{strings.devices.id(shortId(member.id))}</span>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function calledRemoved({ id, name, recovery }: RemovedMember): string {
  return recovery ? strings.recovery.row : name || strings.devices.unnamed(shortId(id));
}

function ThisDevice() {
  const { passkey } = useStore().identity.value;
  return (
    <section
      class="card stack tight"
      aria-labelledby="this-device"
      data-testid="this-device"
      data-passkey={passkey !== null}
    >
      <h2 id="this-device">{strings.devices.here}</h2>
      <p>{strings.devices.key(passkey !== null)}</p>
      <Leave />
    </section>
  );
}

function Leave() {
  const store = useStore();
  const task = useTask();
  const [asking, setAsking] = useState(false);
  const leave = () => {
    setAsking(false);
    task.run(async () => {
      const { told } = await store.command("realm.leave", {});
      if (!told) store.notify({ level: "warning", text: strings.devices.leftUntold });
    });
  };
  return (
    <>
      <button class="self-start" data-testid="leave" disabled={task.busy} onClick={() => setAsking(true)}>
        {strings.devices.leave}
      </button>
      <Busy text={task.busy ? strings.devices.leaving : ""} />
      <Problem text={task.problem} />
      {asking && (
        <Confirm
          title={strings.devices.leaveTitle}
          confirm={strings.devices.leaveConfirm}
          onConfirm={leave}
          onCancel={() => setAsking(false)}
        >
          {strings.devices.leaveBody}
        </Confirm>
      )}
    </>
  );
}
