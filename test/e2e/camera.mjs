// The fake camera of a browser. Chromium has one of its own, which shows a film; Firefox's shows nothing but colours,
// so there the page is given the stream of a canvas in place of the camera's.
import { writeFileSync } from "node:fs";

export const PICTURE = { width: 640, height: 640 };
const PICTURES_PER_SECOND = 10;
const HELD_MS = 500; // each picture, before the next one is shown

export class Camera {
  #pictures = []; // grey octets of each

  /** `film`: the file that Chromium's camera shows. */
  constructor(film) {
    this.film = film;
    this.show([new Uint8Array(PICTURE.width * PICTURE.height).fill(128)]);
  }

  /** Puts pictures before the camera, one after the other, over and over. */
  show(pictures) {
    this.#pictures = pictures;
    const { width, height } = PICTURE;
    const colourless = Buffer.alloc((width * height) / 2, 128);
    const parts = [Buffer.from(`YUV4MPEG2 W${width} H${height} F${PICTURES_PER_SECOND}:1 Ip A1:1 C420jpeg\n`)];
    for (const picture of pictures) {
      for (let shown = 0; shown < HELD_MS; shown += 1000 / PICTURES_PER_SECOND) {
        parts.push(Buffer.from("FRAME\n"), picture, colourless);
      }
    }
    writeFileSync(this.film, Buffer.concat(parts));
  }

  /** For Firefox: every page of `context` gets this camera. */
  async installIn(context) {
    await context.exposeFunction("picturesBeforeCamera", () => this.#pictures.map(inBase64));
    await context.addInitScript(replaceCamera, { ...PICTURE, heldMs: HELD_MS });
  }
}

const inBase64 = (octets) => Buffer.from(octets).toString("base64");

/** In the page: whoever opens a camera gets one that shows these pictures. */
function replaceCamera({ width, height, heldMs }) {
  if (!navigator.mediaDevices) return;
  const drawn = (base64) => {
    const grey = atob(base64);
    const picture = new ImageData(width, height);
    for (let at = 0; at < grey.length; at++) picture.data.fill(grey.charCodeAt(at), at * 4, at * 4 + 3);
    for (let at = 3; at < picture.data.length; at += 4) picture.data[at] = 255;
    return picture;
  };
  navigator.mediaDevices.getUserMedia = async () => {
    const pictures = (await window.picturesBeforeCamera()).map(drawn);
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d");
    let shown = 0;
    const show = () => context.putImageData(pictures[shown++ % pictures.length], 0, 0);
    show();
    setInterval(show, heldMs);
    return canvas.captureStream();
  };
}
