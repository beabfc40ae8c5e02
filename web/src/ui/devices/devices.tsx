// Every member of the realm and how this device stands with it.

import { useState } from "preact/hooks";
import type { Peer } from "../../protocol";
import { shortId } from "../../pairing/codes";
import { Problem, ScreenTitle, useTask } from "../controls";
import { DEVICE_NAME_CHARS_MAX } from "./device_name";
import { day } from "../format";
import { Icon, type IconName } from "../icons";
import { hashOf } from "../route";
import { useStore } from "../store";
import { strings } from "../strings";

export function Devices() {
  const alone = useStore().peers.value.every((peer) => peer.self);
  return (
    <div class="stack">
      <div class="row wrap">
        <ScreenTitle>{strings.devices.title}</ScreenTitle>
        <a class="button primary" href={hashOf({ page: "add-device", code: "" })} data-testid="add-device">
          <Icon name="add" />
          {strings.devices.add}
        </a>
      </div>
      <PeerList />
      {alone && <p class="empty">{strings.devices.alone}</p>}
    </div>
  );
}

export function PeerList() {
  const peers = useStore().peers.value;
  const ordered = [...peers].sort((a, b) => Number(b.self) - Number(a.self) || a.joinedAtMs - b.joinedAtMs);
  return (
    <ul class="plain stack tight">
      {ordered.map((peer) => (
        <PeerRow key={peer.id} peer={peer} />
      ))}
    </ul>
  );
}

function PeerRow({ peer }: { peer: Peer }) {
  const store = useStore();
  const name = peer.name || strings.devices.unnamed(shortId(peer.id));
  const date = day(peer.joinedAtMs);
  const origin =
    peer.invitedBy === null
      ? strings.devices.founded(date)
      : strings.devices.invited(store.nameOf(peer.invitedBy, strings.devices.aFormerDevice), date);
  return (
    <li
      class="card peer"
      data-testid="peer-row"
      data-peer-id={peer.id}
      data-state={peer.state}
      data-online={peer.online}
    >
      <div class="grow stack tight">
        <h2>{name}</h2>
        <PeerState peer={peer} />
        <p class="quiet">
          {origin} · {strings.devices.id(shortId(peer.id))}
        </p>
        {peer.self && <Rename name={peer.name} />}
      </div>
    </li>
  );
}

type Standing = keyof typeof strings.devices.state;

const standingIcons: Record<Standing, IconName> = {
  connected: "direct",
  connecting: "waiting",
  reconnecting: "waiting",
  online: "server",
  offline: "off",
};

function standing({ state, online }: Peer): Standing {
  if (state === "connected" || state === "connecting" || state === "reconnecting") return state;
  return online ? "online" : "offline";
}

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
    <p class={`chip ${now}`}>
      <Icon name={standingIcons[now]} />
      {strings.devices.state[now]}
      {peer.rttMs !== null && now === "connected" && (
        <span title={strings.devices.rttLabel}>· {strings.devices.rtt(peer.rttMs)}</span>
      )}
    </p>
  );
}

function Rename({ name }: { name: string }) {
  const [open, setOpen] = useState(false);
  if (open) return <RenameForm name={name} onDone={() => setOpen(false)} />;
  return (
    <button class="small self-start" data-testid="rename" onClick={() => setOpen(true)}>
      {strings.devices.rename}
    </button>
  );
}

function RenameForm({ name, onDone }: { name: string; onDone: () => void }) {
  const store = useStore();
  const [typed, setTyped] = useState(name);
  const task = useTask();
  const save = (event: Event) => {
    event.preventDefault();
    if (typed.trim() === "") return;
    task.run(async () => {
      await store.command("device.rename", { name: typed.trim() });
      onDone();
    });
  };
  return (
    <form class="stack tight" onSubmit={save}>
      <label for="rename">{strings.devices.renameLabel}</label>
      <div class="row wrap">
        <input
          id="rename"
          class="grow"
          value={typed}
          required
          maxLength={DEVICE_NAME_CHARS_MAX}
          autocomplete="off"
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <button class="primary" disabled={task.busy}>
          {strings.devices.save}
        </button>
        <button type="button" onClick={onDone}>
          {strings.app.cancel}
        </button>
      </div>
      <Problem text={task.problem} />
    </form>
  );
}
