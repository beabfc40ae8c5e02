// The whole library as one encrypted file, and back.

import { useRef, useState } from "preact/hooks";
import { CoreError } from "../../protocol";
import { Busy, Problem, useTask } from "../controls";
import { saveFile } from "../save_file";
import { useStore } from "../store";
import { strings } from "../strings";

const PASSPHRASE_LEAST = 8; // octets, as the core has it
const FILE_MAX = 64 * 1024 * 1024; // octets

export function BackupSection() {
  const store = useStore();
  const task = useTask();
  const picker = useRef<HTMLInputElement>(null);
  const [passphrase, setPassphrase] = useState("");
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
      saveFile(new Blob([file], { type: "application/octet-stream" }), `skypod-${new Date().toISOString().slice(0, 10)}.backup`);
      store.notify({ level: "info", topic: "backup", text: strings.backup.saved });
    });
  };
  const restore = (file: File | undefined) => {
    if (picker.current) picker.current.value = "";
    if (!file) return;
    task.run(async () => {
      if (file.size > FILE_MAX) throw new CoreError(413, "too_large", strings.backup.tooLarge);
      const { news } = await store.command("backup.restore", { file: await file.text(), passphrase });
      store.notify({ level: "info", topic: "backup", text: strings.backup.restored(news) });
    });
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
          onChange={(event) => restore(event.currentTarget.files?.[0])}
        />
      </div>
      <Busy text={task.busy ? strings.opml.busy : ""} />
      <Problem id="backup-problem" text={short ? strings.backup.short : task.problem} />
    </form>
  );
}
