// A pairing code as QR, in as many frames as it takes, shown in turn. Always dark on white, whatever the colour scheme:
// many readers do not find inverted symbols.

import { useEffect, useMemo, useState } from "preact/hooks";
import { encode } from "uqr";
import { strings } from "../ui/strings";
import { toFrames } from "./frames";

const FRAME_MS = 330; // a reader at 8 pictures a second sees each frame at least twice
const FRAME_CALM_MS = 1000; // for people who asked for less motion
const QUIET_ZONE_MODULES = 4; // ISO/IEC 18004, section 9.1

interface QrProps {
  text: string; // see toFrames for what is allowed
  label: string; // what the code is, for screen readers
  testId: string;
}

export function QrFrames({ text, label, testId }: QrProps) {
  const frames = useMemo(() => toFrames(text), [text]);
  const [paused, setPaused] = useState(false);
  const { at, step } = useTurn(frames.length, paused);
  const shown = Math.min(at, frames.length - 1); // a renewed text may have fewer frames
  return (
    <div class="qr">
      <div data-testid={testId} data-frame={shown + 1} data-frames={frames.length} class="qr-card">
        <QrSymbol text={frames[shown]!} label={label} />
      </div>
      {frames.length > 1 && (
        <div class="qr-controls">
          <span class="quiet">{strings.qr.part(shown + 1, frames.length)}</span>
          <button class="small" onClick={() => setPaused(!paused)}>
            {paused ? strings.qr.resume : strings.qr.pause}
          </button>
          {paused && (
            <button class="small" onClick={step}>
              {strings.qr.next}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function QrSymbol({ text, label }: { text: string; label: string }) {
  const { path, side } = useMemo(() => drawing(text), [text]);
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${side} ${side}`} shape-rendering="crispEdges">
      <rect width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

function drawing(text: string): { path: string; side: number } {
  const { data, size } = encode(text, { ecc: "L", boostEcc: true, border: QUIET_ZONE_MODULES });
  const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { path: squares.join(""), side: size };
}

function useTurn(count: number, paused: boolean): { at: number; step: () => void } {
  const [at, setAt] = useState(0);
  const step = () => setAt((before) => (before + 1) % count);
  useEffect(() => {
    if (count < 2 || paused) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const timer = window.setInterval(step, calm ? FRAME_CALM_MS : FRAME_MS);
    return () => window.clearInterval(timer);
  }, [count, paused]);
  return { at, step };
}
