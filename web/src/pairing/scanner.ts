// Reads QR codes off the camera. The decoder is a wasm module of our own origin and is loaded only when a camera is
// opened.

import readerWasm from "zxing-wasm/reader/zxing_reader.wasm?url";

/** Why there is no picture: someone refused, there is no camera, it went away, or the decoder is missing. */
export type CameraProblem = "denied" | "no-camera" | "insecure" | "lost" | "decoder";

export class CameraError extends Error {
  constructor(readonly problem: CameraProblem) {
    super(problem);
  }
}

const FRAME_INTERVAL_MS = 120; // about 8 pictures a second: twice as often as the code on the other screen changes
const PICTURE_PX_MAX = 960; // of the longer side; a QR symbol of 69 modules needs about 300

type Read = (picture: ImageData) => Promise<string[]>;

/**
 * Shows the rear camera in `video` and tells every QR code's text, as often as it is seen, until `signal` aborts.
 * The camera is off again when the promise settles. Rejects with CameraError.
 */
export async function scan(
  video: HTMLVideoElement,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<void> {
  const stream = await openCamera();
  try {
    const read = await loadReader();
    video.srcObject = stream;
    if (!signal.aborted) await video.play();
    await readPictures({ video, stream, read, signal, onText });
  } catch (error) {
    if (!signal.aborted) throw error; // closing the view interrupts play(), which is no failure
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

interface Scan {
  video: HTMLVideoElement;
  stream: MediaStream;
  read: Read;
  signal: AbortSignal;
  onText: (text: string) => void;
}

async function readPictures({ video, stream, read, signal, onText }: Scan): Promise<void> {
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  if (!context) throw new CameraError("decoder");
  while (!signal.aborted) {
    if (!stream.active) throw new CameraError("lost");
    const picture = takePicture(video, context);
    for (const text of picture ? await read(picture) : []) if (!signal.aborted) onText(text);
    await new Promise((resolve) => window.setTimeout(resolve, FRAME_INTERVAL_MS));
  }
}

function takePicture(video: HTMLVideoElement, context: OffscreenCanvasRenderingContext2D): ImageData | null {
  const longer = Math.max(video.videoWidth, video.videoHeight);
  if (longer === 0) return null; // no picture has come yet
  const scale = Math.min(1, PICTURE_PX_MAX / longer);
  const width = Math.round(video.videoWidth * scale);
  const height = Math.round(video.videoHeight * scale);
  const { canvas } = context;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.drawImage(video, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

async function openCamera(): Promise<MediaStream> {
  // Browsers hide mediaDevices on pages that did not come over https or from this machine.
  if (!("mediaDevices" in navigator)) throw new CameraError("insecure");
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
    });
  } catch (error) {
    const denied =
      error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "SecurityError");
    throw new CameraError(denied ? "denied" : "no-camera");
  }
}

async function loadReader(): Promise<Read> {
  try {
    const zxing = await import("zxing-wasm/reader");
    await zxing.prepareZXingModule({ overrides: { locateFile: () => readerWasm }, fireImmediately: true });
    return async (picture) => {
      const found = await zxing.readBarcodes(picture, { formats: ["QRCode"], maxNumberOfSymbols: 1 });
      return found.filter((symbol) => symbol.isValid).map((symbol) => symbol.text);
    };
  } catch {
    throw new CameraError("decoder");
  }
}
