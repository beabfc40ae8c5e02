// Shows a pairing code the three ways it can travel: QR frames, a link to copy, and the link's text to select by hand.

import { useState } from "preact/hooks";
import { type CodeKind, link, tag } from "../../pairing/codes";
import { TEXT_CHARS_MAX } from "../../pairing/frames";
import { QrFrames } from "../../pairing/qr";
import { Problem } from "../controls";
import { strings } from "../strings";

interface ShareCodeProps {
  kind: CodeKind;
  code: string;
  qrLabel: string;
  textLabel: string;
  testId: string; // of the QR code with "-qr", of the link with "-text"
}

export function ShareCode({ kind, code, qrLabel, textLabel, testId }: ShareCodeProps) {
  const tagged = tag(kind, code);
  const address = link(kind, code, location.href);
  return (
    <div class="share">
      {tagged.length <= TEXT_CHARS_MAX ? (
        <QrFrames text={tagged} label={qrLabel} testId={`${testId}-qr`} />
      ) : (
        <p>{strings.share.tooLong}</p>
      )}
      <CopyLink address={address} label={textLabel} testId={`${testId}-text`} />
    </div>
  );
}

function CopyLink({ address, label, testId }: { address: string; label: string; testId: string }) {
  const [copied, setCopied] = useState("");
  const [problem, setProblem] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address);
      setCopied(address);
      setProblem("");
    } catch {
      setProblem(strings.share.copyFailed); // refused, or a page that did not come over https
    }
  };
  return (
    <div class="stack tight">
      <div class="row">
        <input
          class="grow code"
          readOnly
          value={address}
          aria-label={label}
          data-testid={testId}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button onClick={() => void copy()}>{copied === address ? strings.share.copied : strings.share.copy}</button>
      </div>
      <Problem text={problem} />
    </div>
  );
}
