// The whole library as one encrypted file, and back.

import { useRef, useState } from "preact/hooks";
import { CoreError } from "../../protocol";
import { Busy, Problem, useTask } from "../controls";
import { saveFile } from "../save_file";
import { useStore } from "../store";
import { strings } from "../strings";

const PASSPHRASE_LEAST = 8; // octets, as the core has it
const FILE_MAX = 64 * 1024 * 1024; // octets

/** Saves and restores; `short`: the passphrase is not long enough for that. */
function useBackup(passphrase: string) {
  const store = useStore();
  const task = useTask();
  const [short, setShort] = useState(false);
  const ready = () => {
    const good = new TextEncoder().encode(passphrase).length >= PASSPHRASE_LEAST;
    setShort(!good);
    return good;
  };
  const save = () => {
    if (!ready()) return;
    task.run(async () => {
      const { file } = await store.command("backup.create", { passphrase });
      const name = `skypod-${new Date().toISOString().slice(0, 10)}.backup`;
      saveFile(new Blob([file], { type: "application/octet-stream" }), name);
      store.notify({ level: "info", topic: "backup", text: strings.backup.saved });
    });
  };
  const restore = (file: File) => {
    task.run(async () => {
      if (file.size > FILE_MAX) throw new CoreError(413, "too_large", strings.backup.tooLarge);
      const { news } = await store.command("backup.restore", { file: await file.text(), passphrase });
      store.notify({ level: "info", topic: "backup", text: strings.backup.restored(news) });
    });
  };
  return { task, short, ready, save, restore };
}

export function BackupSection() {
  const picker = useRef<HTMLInputElement>(null);
  const [passphrase, setPassphrase] = useState("");
  const { task, short, ready, save, restore } = useBackup(passphrase);
  const picked = (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (file) restore(file);
    input.value = "";
  };
  return (
    <form class="card stack tight" aria-labelledby="backup" onSubmit={(event) => (event.preventDefault(), save())}>
      <h2 id="backup">{strings.backup.title}</h2>
      <p class="quiet">{strings.backup.body}</p>
      <label class="field">
        {strings.backup.passphrase}
        <input
          type="password"
          autocomplete="new-password"
          value={passphrase}
          aria-describedby="backup-problem"
          data-testid="backup-passphrase"
          onInput={(event) => setPassphrase(event.currentTarget.value)}
        />
      </label>
      <div class="row wrap">
        <button data-testid="backup-save" disabled={task.busy}>
          {strings.backup.save}
        </button>
        <button
          type="button"
          data-testid="backup-restore"
          disabled={task.busy}
          onClick={() => ready() && picker.current?.click()}
        >
          {strings.backup.restore}
        </button>
        <input
          ref={picker}
          type="file"
          hidden
          aria-label={strings.backup.restore}
          data-testid="backup-file"
          onChange={(event) => picked(event.currentTarget)}
        />
      </div>
      <Busy text={task.busy ? strings.opml.busy : ""} />
      <Problem id="backup-problem" text={short ? strings.backup.short : task.problem} />
    </form>
  );
}
