// Offers on first run, where the browser can, to lock this device's key with a passkey. The key made so far is thrown
// away for one that was never stored open.

import { useEffect, useState } from "preact/hooks";
import { createPasskey, passkeysUsable } from "../../host/passkey";
import { Busy, Problem, useTask } from "../controls";
import { Icon } from "../icons";
import { useStore } from "../store";
import { strings } from "../strings";

export function PasskeyOption({ deviceName }: { deviceName: string }) {
  const store = useStore();
  const task = useTask();
  const usable = usePasskeys();
  if (store.identity.value.passkey) {
    return (
      <p class="good" role="status" data-testid="passkey-made">
        <Icon name="key" />
        {strings.passkey.made}
      </p>
    );
  }
  if (!usable) return null;
  const protect = () =>
    task.run(async () => {
      const passkey = await createPasskey(deviceName ? strings.passkey.name(deviceName) : strings.app.name);
      await store.command("identity.renew", { passkey });
      passkey.secret.fill(0);
    });
  return (
    <details class="card">
      <summary data-testid="passkey-option">{strings.passkey.title}</summary>
      <div class="stack tight">
        <p>{strings.passkey.body}</p>
        <p class="quiet">{strings.passkey.limits}</p>
        <button class="self-start" data-testid="passkey-make" disabled={task.busy} onClick={protect}>
          <Icon name="key" />
          {strings.passkey.make}
        </button>
        <Busy text={task.busy ? strings.passkey.making : ""} />
        <Problem text={task.problem} />
      </div>
    </details>
  );
}

function usePasskeys(): boolean {
  const [usable, setUsable] = useState(false);
  useEffect(() => void passkeysUsable().then(setUsable), []);
  return usable;
}
