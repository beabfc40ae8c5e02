// The link to the signalling server: one WebSocket at a time, whose events are reported only while it is the current
// one.

const FRAME_CHARS_MAX = 1024 * 1024; // four times what the server ever sends

type Report = (input: { in: "link.opened" | "link.closed" } | { in: "link.frame"; text: string }) => void;

export class Link {
  readonly #report: Report;
  #socket: WebSocket | null = null;

  constructor(report: Report) {
    this.#report = report;
  }

  open(): void {
    this.close();
    const socket = new WebSocket(new URL("/realm", location.href.replace(/^http/, "ws")));
    this.#socket = socket;
    const current = () => this.#socket === socket;
    socket.onopen = () => current() && this.#report({ in: "link.opened" });
    socket.onmessage = ({ data }) => {
      if (!current() || typeof data !== "string") return;
      if (data.length > FRAME_CHARS_MAX) socket.close();
      else this.#report({ in: "link.frame", text: data });
    };
    socket.onclose = () => {
      if (!current()) return;
      this.#socket = null;
      this.#report({ in: "link.closed" });
    };
  }

  send(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}
