// The three steps with a new recovery key: save its file, write its code down, prove that it was written down.

import { useState } from "preact/hooks";
import { Problem } from "../controls";
import { saveFile } from "../save_file";
import { strings } from "../strings";
import { fileName, groups, isLastGroup } from "./recovery_code";

export function FileStep({ file, saved, onSaved }: { file: string; saved: boolean; onSaved: () => void }) {
  const save = () => {
    saveFile(new Blob([file], { type: "application/json" }), fileName(Date.now()));
    onSaved();
  };
  return (
    <section class="card stack tight" aria-labelledby="recovery-file">
      <h2 id="recovery-file" class="numbered" data-number="1">
        {strings.recovery.fileTitle}
      </h2>
      <p>{strings.recovery.fileBody}</p>
      <button class={saved ? "self-start" : "primary self-start"} data-testid="recovery-save" onClick={save}>
        {saved ? strings.recovery.fileSaved : strings.recovery.file}
      </button>
    </section>
  );
}

/** The code, large enough to copy by hand. When the page is printed while it is shown, only it is. */
export function CodeStep({ code }: { code: string }) {
  const [copied, setCopied] = useState(false);
  const [problem, setProblem] = useState("");
  const copy = () =>
    navigator.clipboard.writeText(code).then(
      () => setCopied(true),
      () => setProblem(strings.recovery.copyFailed),
    );
  return (
    <section class="card stack tight" aria-labelledby="recovery-code">
      <h2 id="recovery-code" class="numbered" data-number="2">
        {strings.recovery.codeTitle}
      </h2>
      <p>{strings.recovery.codeBody}</p>
      <div class="sheet">
        <p class="print-only">{strings.recovery.printed}</p>
        <p class="recovery-code" role="group" aria-label={strings.recovery.codeLabel} data-testid="recovery-code">
          {groups(code).map((group, at, all) => (
            <span key={at}>{at < all.length - 1 ? `${group}-` : group}</span>
          ))}
        </p>
      </div>
      <div class="row wrap">
        <button onClick={() => void copy()}>{copied ? strings.recovery.copied : strings.recovery.copy}</button>
        <button onClick={() => window.print()}>{strings.recovery.print}</button>
      </div>
      <Problem text={problem} />
    </section>
  );
}

export function CheckStep({ code, saved, onDone }: { code: string; saved: boolean; onDone: () => void }) {
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState("");
  const check = (event: Event) => {
    event.preventDefault();
    const right = isLastGroup(code, typed);
    setProblem(!right ? strings.recovery.checkWrong : saved ? "" : strings.recovery.fileFirst);
    if (right && saved) onDone();
  };
  return (
    <form class="card stack tight" onSubmit={check}>
      <h2 class="numbered" data-number="3">
        {strings.recovery.checkTitle}
      </h2>
      <label for="recovery-check">{strings.recovery.checkLabel(groups(code).at(-1)!.length)}</label>
      <div class="row">
        <input
          id="recovery-check"
          class="grow code"
          data-testid="recovery-check"
          value={typed}
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          aria-describedby="recovery-check-problem"
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <button class="primary" data-testid="recovery-finish">
          {strings.recovery.finish}
        </button>
      </div>
      <Problem id="recovery-check-problem" text={problem} />
    </form>
  );
}
