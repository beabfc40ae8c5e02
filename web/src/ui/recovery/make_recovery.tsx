// Makes a recovery key: says what it is for, hands out file and code, and goes on only once the file was saved and the
// person has shown that the code was written down. Until then leaving takes the new key back.

import { useState } from "preact/hooks";
import type { Commands } from "../../protocol";
import { BackLink, Busy, Problem, ScreenTitle, useTask } from "../controls";
import { LeaveGuard } from "../leave_guard";
import { go, hashOf, release } from "../route";
import { sentence, type Store, useStore } from "../store";
import { strings } from "../strings";
import { CheckStep, CodeStep, FileStep } from "./recovery_steps";

type Made = Commands["recovery.create"][1];

export function MakeRecovery() {
  const store = useStore();
  const task = useTask();
  const [made, setMade] = useState<Made | null>(null);
  const make = () => task.run(async () => setMade(await store.command("recovery.create", {})));
  return (
    <div class="stack">
      <BackLink href={hashOf({ page: "devices" })}>{strings.recovery.back}</BackLink>
      <ScreenTitle>{strings.recovery.title}</ScreenTitle>
      {made ? <HandOut {...{ made }} /> : <Explanation busy={task.busy} problem={task.problem} onMake={make} />}
    </div>
  );
}

function Explanation({ busy, problem, onMake }: { busy: boolean; problem: string; onMake: () => void }) {
  return (
    <section class="card stack">
      <p>{strings.recovery.explain}</p>
      <p class="quiet">{strings.recovery.explainLibrary}</p>
      <button class="primary" data-testid="recovery-make" disabled={busy} onClick={onMake}>
        {strings.recovery.start}
      </button>
      <Busy text={busy ? strings.recovery.making : ""} />
      <Problem text={problem} />
    </section>
  );
}

function HandOut({ made }: { made: Made }) {
  const store = useStore();
  const [saved, setSaved] = useState(false);
  const finish = () => {
    store.notify({ level: "info", text: strings.recovery.done });
    release();
    go({ page: "devices" });
  };
  return (
    <>
      <FileStep file={made.file} saved={saved} onSaved={() => setSaved(true)} />
      <CodeStep code={made.code} />
      <CheckStep code={made.code} saved={saved} onDone={finish} />
      <LeaveGuard
        title={strings.recovery.discardTitle}
        confirm={strings.recovery.discard}
        stay={strings.recovery.stay}
        onLeave={() => void discard(store, made.id)}
      >
        {strings.recovery.discardBody}
      </LeaveGuard>
    </>
  );
}

async function discard(store: Store, id: string): Promise<void> {
  try {
    await store.remove(id);
    store.notify({ level: "info", text: strings.recovery.discarded });
  } catch (error) {
    store.notify({ level: "warning", text: strings.recovery.notDiscarded(sentence(error)) });
  }
}
