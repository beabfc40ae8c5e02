// Messages between the devices of the realm: directly, or through the server, which cannot read them.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Message, Peer } from "../protocol";
import { shortId } from "../pairing/codes";
import { BackToSettings, Problem, ScreenTitle, useTask } from "./controls";
import { timeOfDay } from "./format";
import { Icon } from "./icons";
import { type Delivery, useStore } from "./store";
import { strings } from "./strings";

const TEXT_CHARS_MAX = 4000;

export function Messages() {
  return (
    <div class="stack">
      <BackToSettings />
      <ScreenTitle>{strings.messages.title}</ScreenTitle>
      <MessageInterface />
    </div>
  );
}

export function MessageInterface() {
  return (
    <>
      <MessageLog />
      <Compose />
    </>
  );
}

function MessageLog() {
  const messages = useStore().messages.value;
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => end.current?.scrollIntoView({ block: "nearest" }), [messages.length]);
  return (
    <div class="log" role="log" aria-label={strings.messages.log} tabIndex={0}>
      {messages.length === 0 && <p class="empty">{strings.messages.empty}</p>}
      {messages.map((message) => (
        <MessageRow key={message.id} message={message} />
      ))}
      <div ref={end} />
    </div>
  );
}

function MessageRow({ message }: { message: Message }) {
  const store = useStore();
  const ours = message.from === store.device.value?.id;
  const sender = ours ? strings.messages.you : store.nameOf(message.from, strings.devices.aFormerDevice);
  const way = message.mode === "p2p" ? strings.messages.p2pShort : strings.messages.relayShort;
  return (
    <div
      class={ours ? "message ours" : "message"}
      data-testid="message-row"
      data-from={message.from}
      data-mode={message.mode}
    >
      <p class="quiet">
        <strong>{sender}</strong> · <span class="whole">{`${timeOfDay(message.atMs)} · ${way}`}</span>
      </p>
      <p class="text">{message.text}</p>
      {ours && <DeliveryState id={message.id} />}
    </div>
  );
}

function DeliveryState({ id }: { id: string }) {
  const store = useStore();
  const delivery = store.deliveries.value.get(id);
  if (!delivery || delivery.to === 0) return null;
  const isMember = (device: string) => store.peers.value.some((peer) => peer.id === device);
  const waiting = delivery.awaited.filter((device) => !delivery.delivered.has(device) && isMember(device));
  const names = waiting.map((device) => store.nameOf(device, strings.devices.unnamed(shortId(device))));
  const state = stateOf(delivery, waiting.length);
  return (
    <p class="quiet facts" data-testid="delivery" data-state={state}>
      <Icon name={state === "delivered" ? "check" : state === "waiting" ? "waiting" : "out"} />
      {state === "sent" && strings.messages.sent}
      {state === "delivered" && strings.messages.delivered(delivery.delivered.size, delivery.to)}
      {state === "waiting" && strings.messages.waiting(names.join(", "))}
    </p>
  );
}

function stateOf({ delivered }: Delivery, waiting: number): "sent" | "waiting" | "delivered" {
  if (waiting > 0) return "waiting";
  return delivered.size > 0 ? "delivered" : "sent";
}

function Compose() {
  const store = useStore();
  const [text, setText] = useState("");
  const [to, setTo] = useState("");
  const [mode, setMode] = useState<Message["mode"]>("p2p");
  const task = useTask();
  const send = (event: Event) => {
    event.preventDefault();
    if (text.trim() === "") return;
    task.run(async () => {
      await store.send(text.trim(), to || null, mode);
      setText("");
    });
  };
  return (
    <form class="card stack tight composer" onSubmit={send}>
      <div class="row wrap">
        <Recipient to={to} onTo={setTo} />
        <Way mode={mode} onMode={setMode} />
      </div>
      <div class="row">
        <input
          class="grow"
          data-testid="message-input"
          aria-label={strings.messages.label}
          placeholder={strings.messages.label}
          autocomplete="off"
          maxLength={TEXT_CHARS_MAX}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button class="primary" data-testid="message-send" disabled={task.busy}>
          {strings.messages.send}
        </button>
      </div>
      <Problem text={task.problem} />
    </form>
  );
}

function Recipient({ to, onTo }: { to: string; onTo: (id: string) => void }) {
  const others = useStore().peers.value.filter((peer) => !peer.self && !peer.recovery);
  const name = (peer: Peer) => peer.name || strings.devices.unnamed(shortId(peer.id));
  return (
    <label class="grow field">
      {strings.messages.to}
      <select data-testid="message-to" value={to} onChange={(event) => onTo(event.currentTarget.value)}>
        <option value="">{strings.messages.everyone}</option>
        {others.map((peer) => (
          <option key={peer.id} value={peer.id}>
            {name(peer)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Way({ mode, onMode }: { mode: Message["mode"]; onMode: (mode: Message["mode"]) => void }) {
  const choose = (value: string) => onMode(value === "relay" ? "relay" : "p2p");
  return (
    <label class="grow field">
      {strings.messages.mode}
      <select data-testid="message-mode" value={mode} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="p2p">{strings.messages.p2p}</option>
        <option value="relay">{strings.messages.relay}</option>
      </select>
    </label>
  );
}
