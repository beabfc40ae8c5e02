// The key that the realm's devices share: which one is in use, and a new one on demand.

import { Busy, Problem, useTask } from "../controls";
import { Icon } from "../icons";
import { useStore } from "../store";
import { strings } from "../strings";

export function KeySection() {
  const store = useStore();
  const task = useTask();
  const epoch = store.device.value?.keyEpoch ?? 0;
  const rotate = () =>
    task.run(async () => {
      const answer = await store.command("realm.rotate", {});
      store.notify({ level: "info", text: strings.devices.rotated(answer.epoch) });
    });
  return (
    <details class="card" data-testid="key" data-epoch={epoch}>
      <summary>{strings.devices.security}</summary>
      <div class="stack tight">
        <p>{strings.devices.epoch(epoch)}</p>
        <p class="quiet">{strings.devices.rotateBody}</p>
        <button class="self-start" data-testid="rotate" disabled={task.busy} onClick={rotate}>
          <Icon name="key" />
          {strings.devices.rotate}
        </button>
        <Busy text={task.busy ? strings.devices.rotating : ""} />
        <Problem text={task.problem} />
      </div>
    </details>
  );
}
