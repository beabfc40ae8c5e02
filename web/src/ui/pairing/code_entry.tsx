// Takes a pairing code in, by camera or by pasting. The camera is never needed: pasting does the same.

import { useEffect, useRef, useState } from "preact/hooks";
import { type CodeKind, readCode } from "../../pairing/codes";
import { FrameCollector } from "../../pairing/frames";
import { CameraError, scan } from "../../pairing/scanner";
import { Problem } from "../controls";
import { Icon } from "../icons";
import { strings } from "../strings";

interface CodeEntryProps {
  kind: CodeKind;
  initial: string; // a code from a link, or ""
  scanLabel: string;
  pasteLabel: string;
  submitLabel: string;
  busy: boolean;
  problem: string; // with the code that was handed over last
  onCode: (code: string) => void;
}

export function CodeEntry({ kind, initial, scanLabel, pasteLabel, submitLabel, ...task }: CodeEntryProps) {
  const { busy, onCode } = task;
  const [scanning, setScanning] = useState(false);
  const [status, setStatus] = useState("");
  const stop = () => {
    setScanning(false);
    setStatus("");
  };
  const scanned = (code: string) => {
    setScanning(false);
    setStatus(strings.scan.complete);
    onCode(code);
  };
  const failed = (error: unknown) => {
    setScanning(false);
    setStatus(strings.camera[error instanceof CameraError ? error.problem : "lost"]);
  };
  return (
    <div class="stack">
      {scanning ? (
        <Camera kind={kind} onCode={scanned} onStatus={setStatus} onFailure={failed} />
      ) : (
        <button class="primary" data-testid="scan-start" disabled={busy} onClick={() => setScanning(true)}>
          <Icon name="camera" />
          {scanLabel}
        </button>
      )}
      <p class="scan-status" role="status" data-testid="scan-status">
        {status}
      </p>
      {scanning && <button onClick={stop}>{strings.scan.stop}</button>}
      <PasteForm {...{ kind, initial }} {...task} label={pasteLabel} submit={submitLabel} />
    </div>
  );
}

interface CameraProps {
  kind: CodeKind;
  onCode: (code: string) => void;
  onStatus: (sentence: string) => void;
  onFailure: (error: unknown) => void;
}

// The callbacks of the first rendering are used throughout: they only set state.
function Camera({ kind, onCode, onStatus, onFailure }: CameraProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const closing = new AbortController();
    const collector = new FrameCollector();
    onStatus(strings.scan.opening);
    video.current!.addEventListener("playing", () => onStatus(strings.scan.looking), { once: true });
    video.current!.scrollIntoView({ block: "center" });
    const read = (text: string) => {
      const { code, status } = take(kind, collector, text);
      if (status) onStatus(status);
      if (code) onCode(code);
    };
    scan(video.current!, closing.signal, read).catch(onFailure);
    return () => closing.abort();
  }, []);
  return <video ref={video} class="camera" muted playsInline aria-label={strings.scan.picture} />;
}

// A scanned text is a frame of ours, a whole link as other programs may show it, or foreign.
function take(kind: CodeKind, collector: FrameCollector, text: string): { code?: string; status?: string } {
  const collected = collector.accept(text);
  if (collected && collected.text === null) return { status: strings.scan.progress(collected.have, collected.total) };
  const read = readCode(kind, collected?.text ?? text);
  if (read.problem === null) return { code: read.code };
  return { status: read.problem === "other-kind" ? strings.code["other-kind"][kind] : strings.scan.foreign };
}

interface PasteFormProps {
  kind: CodeKind;
  initial: string;
  label: string;
  submit: string;
  busy: boolean;
  problem: string;
  onCode: (code: string) => void;
}

function PasteForm({ kind, initial, label, submit, busy, problem, onCode }: PasteFormProps) {
  const [text, setText] = useState(initial);
  const [unreadable, setUnreadable] = useState("");
  const hand = (event: Event) => {
    event.preventDefault();
    const read = readCode(kind, text);
    setUnreadable(read.problem ? problemSentence(kind, read.problem) : "");
    if (read.problem === null) onCode(read.code);
  };
  return (
    <form class="stack tight" onSubmit={hand}>
      <label for="paste">{label}</label>
      <div class="row">
        <input
          id="paste"
          class="grow code"
          data-testid="paste-input"
          value={text}
          autocomplete="off"
          spellcheck={false}
          aria-describedby="paste-problem"
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button data-testid="paste-submit" disabled={busy}>
          {submit}
        </button>
      </div>
      <Problem id="paste-problem" text={unreadable || problem} />
    </form>
  );
}

function problemSentence(kind: CodeKind, problem: keyof typeof strings.code): string {
  return problem === "other-kind" ? strings.code["other-kind"][kind] : strings.code[problem];
}
