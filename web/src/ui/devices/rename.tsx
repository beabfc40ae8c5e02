// Gives this device another name.

import { useState } from "preact/hooks";
import { Problem, useTask } from "../controls";
import { useStore } from "../store";
import { strings } from "../strings";
import { DEVICE_NAME_CHARS_MAX } from "./device_name";

export function Rename({ name }: { name: string }) {
  const [open, setOpen] = useState(false);
  if (open) return <RenameForm name={name} onDone={() => setOpen(false)} />;
  return (
    <button class="small self-start" data-testid="rename" onClick={() => setOpen(true)}>
      {strings.devices.rename}
    </button>
  );
}

function RenameForm({ name, onDone }: { name: string; onDone: () => void }) {
  const store = useStore();
  const [typed, setTyped] = useState(name);
  const task = useTask();
  const save = (event: Event) => {
    event.preventDefault();
    if (typed.trim() === "") return;
    task.run(async () => {
      await store.command("device.rename", { name: typed.trim() });
      onDone();
    });
  };
  return (
    <form class="stack tight" onSubmit={save}>
      <label for="rename">{strings.devices.renameLabel}</label>
      <div class="row wrap">
        <input
          id="rename"
          class="grow"
          value={typed}
          required
          maxLength={DEVICE_NAME_CHARS_MAX}
          autocomplete="off"
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <button class="primary" disabled={task.busy}>
          {strings.devices.save}
        </button>
        <button type="button" onClick={onDone}>
          {strings.app.cancel}
        </button>
      </div>
      <Problem text={task.problem} />
    </form>
  );
}
