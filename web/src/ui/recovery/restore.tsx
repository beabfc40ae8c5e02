// Restores this device's place in a realm with a recovery file and its code.

import { useState } from "preact/hooks";
import { BackLink, Busy, Problem, ScreenTitle, useTask } from "../controls";
import { keepStorage } from "../devices/storage";
import { go, hashOf } from "../route";
import { type Store, useStore } from "../store";
import { strings } from "../strings";
import { renewIdentity } from "../welcome/renewal";

const FILE_OCTETS_MAX = 256 * 1024; // as core/realm/recovery.hpp

export function Restore() {
  const store = useStore();
  const task = useTask();
  const [file, setFile] = useState<File | null>(null);
  const [code, setCode] = useState("");
  const [missing, setMissing] = useState("");
  const submit = async (event: Event) => {
    event.preventDefault();
    const { text, problem } = await contents(file);
    const lacking = problem || (code.trim() === "" ? strings.restore.noCode : "");
    setMissing(lacking);
    if (lacking === "") task.run(() => restore(store, text, code.trim()));
  };
  return (
    <div class="stack">
      <BackLink href={hashOf({ page: "library" })}>{strings.restore.back}</BackLink>
      <ScreenTitle>{strings.restore.title}</ScreenTitle>
      <form class="card stack" onSubmit={(event) => void submit(event)}>
        <p>{strings.restore.body}</p>
        <FileField onFile={setFile} />
        <CodeField code={code} onCode={setCode} />
        <button class="primary" data-testid="restore-submit" disabled={task.busy}>
          {strings.restore.submit}
        </button>
        <Busy text={task.busy ? strings.restore.busy : ""} />
        <Problem text={missing || task.problem} />
      </form>
    </div>
  );
}

function FileField({ onFile }: { onFile: (file: File | null) => void }) {
  return (
    <div class="field">
      <label for="restore-file">{strings.restore.fileLabel}</label>
      <input
        id="restore-file"
        data-testid="restore-file"
        type="file"
        accept=".json,application/json"
        onChange={(event) => onFile(event.currentTarget.files?.[0] ?? null)}
      />
    </div>
  );
}

function CodeField({ code, onCode }: { code: string; onCode: (code: string) => void }) {
  return (
    <div class="field">
      <label for="restore-code">{strings.restore.codeLabel}</label>
      <input
        id="restore-code"
        class="code"
        data-testid="restore-code"
        value={code}
        autocomplete="off"
        autocapitalize="characters"
        spellcheck={false}
        aria-describedby="restore-help"
        onInput={(event) => onCode(event.currentTarget.value)}
      />
      <p class="quiet" id="restore-help">
        {strings.restore.codeHelp}
      </p>
    </div>
  );
}

async function restore(store: Store, file: string, code: string): Promise<void> {
  await renewIdentity(store);
  await store.enter("recovery.restore", { file, code });
  void keepStorage();
  store.notify({ level: "info", text: strings.restore.done });
  go({ page: "library" });
}

async function contents(file: File | null): Promise<{ text: string; problem: string }> {
  if (!file) return { text: "", problem: strings.restore.noFile };
  if (file.size > FILE_OCTETS_MAX) return { text: "", problem: strings.restore.badFile };
  const octets = await file.arrayBuffer().catch(() => null);
  if (!octets) return { text: "", problem: strings.restore.unreadable };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(octets), problem: "" };
  } catch {
    return { text: "", problem: strings.restore.badFile };
  }
}
