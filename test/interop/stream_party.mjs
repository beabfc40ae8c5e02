// The core's stream in a page or in node: stream_party.hpp as WebAssembly.

/** The module, as `make wasm` builds it. */
export const STREAM_MODULE = new URL("../../build/wasm/test/interop/stream_module.wasm", import.meta.url);

export class StreamParty {
  /** `octets`: of the module; `session`: another one than the other side's. */
  static load(octets, session) {
    const nothing = () => 0;
    const wasi = { fd_close: nothing, fd_seek: nothing, fd_write: nothing };
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(octets), { wasi_snapshot_preview1: wasi });
    exports._initialize();
    return new StreamParty(exports, session);
  }

  constructor(wasm, session) {
    this.wasm = wasm;
    this.handle = wasm.stream_open(session);
  }

  send(size, seed) {
    if (!this.wasm.stream_send(this.handle, size, seed)) throw new Error("the stream took no message");
  }

  /** The next frame, or null. */
  next() {
    const size = this.wasm.stream_next(this.handle);
    const at = this.wasm.stream_frame();
    return size === 0 ? null : new Uint8Array(this.wasm.memory.buffer, at, size).slice();
  }

  /** The message that a frame completes, {size, hash}, or null. */
  take(octets) {
    const at = this.wasm.stream_alloc(octets.length);
    new Uint8Array(this.wasm.memory.buffer, at, octets.length).set(octets);
    const result = this.wasm.stream_take(this.handle, at, octets.length);
    if (result === 2) throw new Error("a frame broke the stream's protocol");
    return result === 0 ? null : { size: this.wasm.stream_size(), hash: this.wasm.stream_hash() >>> 0 };
  }
}
