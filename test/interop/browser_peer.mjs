// In a page: the app's WebRTC adapter, told what to do in peer.cpp's language.
import { hashOf, pattern } from "/pattern.mjs";
import { RtcHost } from "/rtc.js";
import { StreamParty } from "/stream_party.mjs";

const HIGH_WATER = 4 * 1024 * 1024;
const LOW_WATER = 1024 * 1024;

const channels = new Map(); // by connection: the adapter keeps them to itself, floods need them
let opening = 0;
const createDataChannel = RTCPeerConnection.prototype.createDataChannel;
RTCPeerConnection.prototype.createDataChannel = function (...args) {
  const channel = createDataChannel.apply(this, args);
  channels.set(opening, channel);
  return channel;
};

const tell = (on, id, more) => globalThis.report(JSON.stringify({ on, id, ...more }));
const counts = new Map();
const streams = new Map();
const streamModule = new Uint8Array(await (await fetch("/stream_module.wasm")).arrayBuffer());

const host = new RtcHost((input) => {
  const { in: name, rtc: id, ...more } = input;
  if (name === "rtc.message") return received(id, input.octets);
  return tell(name.slice("rtc.".length), id, name === "rtc.failed" ? { fault: "failed" } : more);
});

/** Gives the channel what the stream has for it. */
function pump(id) {
  const stream = streams.get(id);
  for (let octets = stream.next(); octets; octets = stream.next()) host.carryOut({ out: "rtc.send", rtc: id, octets });
}

function received(id, octets) {
  const stream = streams.get(id);
  if (stream) {
    const whole = stream.take(octets);
    if (whole) tell("message", id, whole);
    return pump(id);
  }
  const count = counts.get(id);
  if (!count) return tell("message", id, { size: octets.length, hash: hashOf(octets) });
  if (count.got === 0) count.begun = performance.now();
  count.got += octets.length;
  if (count.got < count.wanted) return undefined;
  counts.delete(id);
  return tell("counted", id, { octets: count.got, ms: performance.now() - count.begun });
}

function flood(id, size, count) {
  const channel = channels.get(id);
  const message = pattern(size, 0);
  channel.bufferedAmountLowThreshold = LOW_WATER;
  const more = () => {
    while (count > 0 && channel.bufferedAmount < HIGH_WATER) {
      channel.send(message);
      count--;
    }
  };
  channel.onbufferedamountlow = more;
  more();
}

const commands = {
  open: ({ id, iceServers = [] }) => {
    opening = id;
    host.carryOut({ out: "rtc.open", rtc: id, iceServers });
  },
  offer: ({ id }) => host.carryOut({ out: "rtc.offer", rtc: id }),
  remote: ({ id, isOffer, sdp }) => host.carryOut({ out: "rtc.remote", rtc: id, isOffer, sdp }),
  candidate: ({ id, candidate, mid, line }) => host.carryOut({ out: "rtc.candidate", rtc: id, candidate, mid, line }),
  send: ({ id, size, seed }) => host.carryOut({ out: "rtc.send", rtc: id, octets: pattern(size, seed) }),
  stream: ({ id, session }) => {
    streams.set(id, StreamParty.load(streamModule, session));
    tell("streaming", id, {});
  },
  large: ({ id, size, seed }) => {
    streams.get(id).send(size, seed);
    pump(id);
  },
  flood: ({ id, size, count }) => flood(id, size, count),
  count: ({ id, octets }) => {
    counts.set(id, { wanted: octets, got: 0, begun: 0 });
    tell("counting", id, {});
  },
  close: ({ id }) => {
    streams.delete(id);
    host.carryOut({ out: "rtc.close", rtc: id });
  },
};

globalThis.carryOut = (line) => {
  const command = JSON.parse(line);
  commands[command.do](command);
};
globalThis.peerReady = true;
