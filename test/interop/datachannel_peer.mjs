// libdatachannel (npm node-datachannel) as a program that speaks peer.cpp's language, for interop tests and benchmarks.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { hashOf, pattern } from "./pattern.mjs";
import { STREAM_MODULE, StreamParty } from "./stream_party.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { PeerConnection } = require("node-datachannel");

const MESSAGE_MAX = 256 * 1024;
const LOW_WATER = 256 * 1024;
const HIGH_WATER = 4 * 1024 * 1024;

const connections = new Map();
const tell = (on, id, more) => process.stdout.write(`${JSON.stringify({ on, id, ...more })}\n`);

function open({ id, iceServers = [] }) {
  const peer = new PeerConnection(`peer ${id}`, {
    iceServers,
    disableAutoNegotiation: true,
    maxMessageSize: MESSAGE_MAX,
  });
  const connection = { id, peer, counting: 0, got: 0, begun: 0 };
  peer.onLocalDescription((sdp, type) => tell("local", id, { isOffer: type === "offer", sdp }));
  peer.onLocalCandidate((text, mid) => tell("candidate", id, { candidate: text.replace(/^a=/, ""), mid, line: 0 }));
  peer.onGatheringStateChange((state) => {
    if (state === "complete") tell("candidate", id, { candidate: "", mid: "0", line: 0 });
  });
  peer.onStateChange((state) => {
    if (state === "failed") tell("failed", id, { fault: state });
  });
  connection.channel = peer.createDataChannel("skypod", { negotiated: true, id: 0 });
  connection.channel.onOpen(() => tell("opened", id, {}));
  connection.channel.onClosed(() => tell("failed", id, { fault: "closed" }));
  connection.channel.onMessage((message) => received(connection, message));
  connection.channel.setBufferedAmountLowThreshold(LOW_WATER);
  connections.set(id, connection);
}

/** Gives the channel what the stream has for it. */
function pump({ channel, stream }) {
  for (let octets = stream.next(); octets; octets = stream.next()) channel.sendMessageBinary(octets);
}

function received(connection, message) {
  const octets = new Uint8Array(message);
  if (connection.stream) {
    const whole = connection.stream.take(octets);
    if (whole) tell("message", connection.id, whole);
    return pump(connection);
  }
  if (connection.counting === 0) return tell("message", connection.id, { size: octets.length, hash: hashOf(octets) });
  if (connection.got === 0) connection.begun = performance.now();
  connection.got += octets.length;
  if (connection.got < connection.counting) return;
  const ms = performance.now() - connection.begun;
  tell("counted", connection.id, { octets: connection.got, ms });
  connection.counting = 0;
}

function flood({ channel }, size, count) {
  const message = pattern(size, 0);
  const more = () => {
    while (count > 0 && channel.bufferedAmount() < HIGH_WATER) {
      channel.sendMessageBinary(message);
      count--;
    }
  };
  channel.onBufferedAmountLow(more);
  more();
}

const commands = {
  open,
  offer: ({ id }) => connections.get(id).peer.setLocalDescription("offer"),
  remote: ({ id, isOffer, sdp }) => {
    const { peer } = connections.get(id);
    peer.setRemoteDescription(sdp, isOffer ? "offer" : "answer");
    if (isOffer) peer.setLocalDescription("answer");
  },
  candidate: ({ id, candidate, mid }) => {
    if (candidate !== "") connections.get(id).peer.addRemoteCandidate(candidate, mid);
  },
  send: ({ id, size, seed }) => connections.get(id).channel.sendMessageBinary(pattern(size, seed)),
  stream: ({ id, session }) => {
    connections.get(id).stream = StreamParty.load(readFileSync(STREAM_MODULE), session);
    tell("streaming", id, {});
  },
  large: ({ id, size, seed }) => {
    connections.get(id).stream.send(size, seed);
    pump(connections.get(id));
  },
  flood: ({ id, size, count }) => flood(connections.get(id), size, count),
  count: ({ id, octets }) => {
    Object.assign(connections.get(id), { counting: octets, got: 0 });
    tell("counting", id, {});
  },
  close: ({ id }) => {
    connections.get(id)?.peer.close();
    connections.delete(id);
  },
};

const lines = createInterface({ input: process.stdin });
lines.on("line", (text) => {
  const line = JSON.parse(text);
  commands[line.do](line);
});
lines.on("close", () => process.exit(0));
