// WebRTC for the core: workers have no RTCPeerConnection, so the page holds them and only does as it is told. Each
// connection's operations run strictly one after another, as perfect negotiation needs.

import type { RtcInput, RtcOutput } from "./boundary";

const CHANNEL = "skypod";
const CHANNEL_ID = 0; // negotiated by both ends, so that crossing offers still make one channel

interface Connection {
  peer: RTCPeerConnection;
  channel: RTCDataChannel;
  work: Promise<void>; // the operations so far
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
        return this.#do(output.rtc, ({ peer }) => this.#describe(output.rtc, peer, true));
      case "rtc.remote":
        return this.#do(output.rtc, async ({ peer }) => {
          await peer.setRemoteDescription({ type: output.isOffer ? "offer" : "answer", sdp: output.sdp });
          if (output.isOffer) await this.#describe(output.rtc, peer, false);
        });
      case "rtc.candidate":
        return this.#do(output.rtc, ({ peer }) =>
          peer
            .addIceCandidate({ candidate: output.candidate, sdpMid: output.mid, sdpMLineIndex: output.line })
            .catch(() => {}), // one that cannot be used; the others may do
        );
      case "rtc.send":
        return this.#send(output.rtc, output.octets);
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
    channel.onopen = () => this.#tell(rtc, { in: "rtc.opened", rtc });
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
    };
    this.#connections.set(rtc, { peer, channel, work: Promise.resolve() });
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

  async #describe(rtc: number, peer: RTCPeerConnection, isOffer: boolean): Promise<void> {
    await peer.setLocalDescription(isOffer ? await peer.createOffer() : undefined);
    const sdp = peer.localDescription?.sdp;
    if (sdp) this.#tell(rtc, { in: "rtc.local", rtc, isOffer, sdp });
  }

  #send(rtc: number, octets: Uint8Array): void {
    const channel = this.#connections.get(rtc)?.channel;
    if (channel?.readyState !== "open") return;
    try {
      channel.send(octets as Uint8Array<ArrayBuffer>);
    } catch {
      // The send buffer is full: a new connection sends again what is missing.
      this.#tell(rtc, { in: "rtc.failed", rtc });
    }
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
