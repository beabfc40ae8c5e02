// WebRTC for the core: workers have no RTCPeerConnection, so the page holds them and only does as it is told. Each
// connection's operations run strictly one after another, as perfect negotiation needs.

import type { RtcInput, RtcOutput } from "./boundary";

const CHANNEL = "skypod";
const CHANNEL_ID = 0; // negotiated by both ends, so that crossing offers still make one channel
const DRAINED_OCTETS = 64 * 1024; // what still waits when the core may give more
const PATH_CHECKS_MS = [0, 1_000, 5_000, 15_000]; // a better pair is often found later

interface Connection {
  peer: RTCPeerConnection;
  channel: RTCDataChannel;
  work: Promise<void>; // the operations so far
  byTurn: boolean | null; // as last reported
  expectsDrained: boolean;
}

export class RtcHost {
  readonly #report: (input: RtcInput) => void;
  readonly #connections = new Map<number, Connection>();

  constructor(report: (input: RtcInput) => void) {
    this.#report = report;
  }

  carryOut(output: RtcOutput): void {
    switch (output.out) {
      case "rtc.open":
        return this.#open(output.rtc, output.iceServers);
      case "rtc.offer":
        return this.#do(output.rtc, ({ peer }) => this.#describe(output.rtc, peer, { iceRestart: output.restart }));
      case "rtc.remote":
        return this.#do(output.rtc, async ({ peer }) => {
          await peer.setRemoteDescription({ type: output.isOffer ? "offer" : "answer", sdp: output.sdp });
          if (output.isOffer) await this.#describe(output.rtc, peer, null);
        });
      case "rtc.candidate":
        return this.#do(output.rtc, ({ peer }) =>
          peer
            .addIceCandidate({ candidate: output.candidate, sdpMid: output.mid, sdpMLineIndex: output.line })
            .catch(() => {}), // one that cannot be used; the others may do
        );
      case "rtc.send":
        return this.#send(output.rtc, output.octets, output.reportDrained);
      case "rtc.close":
        return this.#close(output.rtc);
    }
  }

  closeAll(): void {
    for (const rtc of [...this.#connections.keys()]) this.#close(rtc);
  }

  #open(rtc: number, iceServers: RTCIceServer[]): void {
    const peer = makePeer(iceServers);
    const channel = peer.createDataChannel(CHANNEL, { negotiated: true, id: CHANNEL_ID });
    channel.binaryType = "arraybuffer";
    channel.bufferedAmountLowThreshold = DRAINED_OCTETS;
    channel.onopen = () => {
      this.#tell(rtc, { in: "rtc.opened", rtc });
      this.#watchPath(rtc);
    };
    channel.onbufferedamountlow = () => this.#drained(rtc);
    channel.onclose = () => this.#tell(rtc, { in: "rtc.failed", rtc });
    channel.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) this.#tell(rtc, { in: "rtc.message", rtc, octets: new Uint8Array(data) });
      else this.#tell(rtc, { in: "rtc.failed", rtc });
    };
    peer.onicecandidate = ({ candidate }) =>
      this.#tell(rtc, {
        in: "rtc.candidate",
        rtc,
        candidate: candidate?.candidate ?? "",
        mid: candidate?.sdpMid ?? "0",
        line: candidate?.sdpMLineIndex ?? 0,
      });
    peer.onconnectionstatechange = () => {
      if (peer.connectionState === "failed") this.#tell(rtc, { in: "rtc.failed", rtc });
      if (peer.connectionState === "disconnected") this.#tell(rtc, { in: "rtc.doubtful", rtc });
      if (peer.connectionState === "connected") this.#watchPath(rtc);
    };
    this.#connections.set(rtc, { peer, channel, work: Promise.resolve(), byTurn: null, expectsDrained: false });
  }

  /** Reports only what is about a connection that still is. */
  #tell(rtc: number, input: RtcInput): void {
    if (this.#connections.has(rtc)) this.#report(input);
  }

  #do(rtc: number, operation: (connection: Connection) => Promise<void>): void {
    const connection = this.#connections.get(rtc);
    if (!connection) return;
    connection.work = connection.work
      .then(() => operation(connection))
      .catch(() => this.#tell(rtc, { in: "rtc.failed", rtc }));
  }

  /** An offer with these options, or an answer. */
  async #describe(rtc: number, peer: RTCPeerConnection, offer: RTCOfferOptions | null): Promise<void> {
    await peer.setLocalDescription(offer ? await peer.createOffer(offer) : undefined);
    const sdp = peer.localDescription?.sdp;
    if (sdp) this.#tell(rtc, { in: "rtc.local", rtc, isOffer: offer !== null, sdp });
  }

  #send(rtc: number, octets: Uint8Array, reportDrained: boolean): void {
    const connection = this.#connections.get(rtc);
    if (connection?.channel.readyState !== "open") return;
    try {
      connection.channel.send(octets as Uint8Array<ArrayBuffer>);
    } catch {
      // The send buffer is full: a new connection sends again what is missing.
      this.#tell(rtc, { in: "rtc.failed", rtc });
    }
    if (!reportDrained) return;
    connection.expectsDrained = true;
    if (connection.channel.bufferedAmount <= DRAINED_OCTETS) queueMicrotask(() => this.#drained(rtc));
  }

  #drained(rtc: number): void {
    const connection = this.#connections.get(rtc);
    if (!connection?.expectsDrained) return;
    connection.expectsDrained = false;
    this.#report({ in: "rtc.drained", rtc });
  }

  /** Looks now and a few times later how packets travel. */
  #watchPath(rtc: number): void {
    for (const delayMs of PATH_CHECKS_MS) setTimeout(() => void this.#checkPath(rtc), delayMs);
  }

  async #checkPath(rtc: number): Promise<void> {
    const connection = this.#connections.get(rtc);
    if (!connection) return;
    const byTurn = await runsByTurn(connection.peer).catch(() => null);
    if (byTurn === null || byTurn === connection.byTurn) return;
    connection.byTurn = byTurn;
    this.#tell(rtc, { in: "rtc.path", rtc, byTurn });
  }

  #close(rtc: number): void {
    const connection = this.#connections.get(rtc);
    this.#connections.delete(rtc);
    connection?.peer.close();
  }
}

/** Without the servers that the browser does not take, a direct connection may still succeed. */
function makePeer(iceServers: RTCIceServer[]): RTCPeerConnection {
  try {
    return new RTCPeerConnection({ iceServers });
  } catch {
    return new RTCPeerConnection();
  }
}

/** Whether either end of the pair in use is a TURN server's; null while there is none. */
async function runsByTurn(peer: RTCPeerConnection): Promise<boolean | null> {
  const stats = await peer.getStats();
  const pair = selectedPair([...stats.values()]);
  if (!pair) return null;
  return [pair.localCandidateId, pair.remoteCandidateId].some((id) => stats.get(id)?.candidateType === "relay");
}

type Pair = { localCandidateId: string; remoteCandidateId: string };

/** Chromium names the pair in its transport; Firefox marks the pair itself. */
function selectedPair(reports: Record<string, unknown>[]): Pair | undefined {
  const named = reports.find(({ type }) => type === "transport")?.["selectedCandidatePairId"];
  const pair = reports.find((it) => it["type"] === "candidate-pair" && (named ? it["id"] === named : it["selected"]));
  return pair as Pair | undefined;
}
