// The sheet that says what the keyboard does.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { strings } from "../strings";
import type { Shortcut } from "./shortcuts";

export const helpShown = signal(false);

export function Help({ shortcuts }: { shortcuts: Shortcut[] }) {
  if (!helpShown.value) return null;
  return <Sheet shortcuts={shortcuts} />;
}

function Sheet({ shortcuts }: { shortcuts: Shortcut[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const close = () => (helpShown.value = false);
  return (
    <dialog ref={dialog} class="help" onClose={close} aria-labelledby="help-title" data-testid="help">
      <h2 id="help-title">{strings.shortcuts.title}</h2>
      <dl class="shortcuts">
        {shortcuts.map(({ keys, label }) => (
          <div key={keys.join(" ")}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{strings.shortcuts.keys[key] ?? key}</kbd>
              ))}
            </dt>
            <dd>{label()}</dd>
          </div>
        ))}
      </dl>
      <div class="row end">
        <button onClick={close}>{strings.app.done}</button>
      </div>
    </dialog>
  );
}
