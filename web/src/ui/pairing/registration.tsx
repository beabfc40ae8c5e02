// What the invitee shows first: its own code, and the pictures that the other device must ask about.

import { useEffect, useState } from "preact/hooks";
import { shortId } from "../../pairing/codes";
import type { Commands } from "../../protocol";
import { Busy, Problem, useTask } from "../controls";
import { useSecondsUntil } from "../countdown";
import { clock } from "../format";
import { useStore } from "../store";
import { strings } from "../strings";
import { renewIdentity } from "../welcome/renewal";
import { Pictures } from "./pictures";
import { ShareCode } from "./share_code";

type Registered = Commands["pairing.register"][1];

/** `round` counts how often the person started again: each time takes a new code. */
export function Registration({ round }: { round: number }) {
  const store = useStore();
  const task = useTask();
  const [registered, setRegistered] = useState<Registered | null>(null);
  const register = () =>
    task.run(async () => {
      setRegistered(null);
      await renewIdentity(store);
      setRegistered(await store.command("pairing.register", {}));
    });
  useEffect(register, [round]);
  return (
    <section class="card stack" aria-labelledby="join-show">
      <h2 id="join-show" class="numbered" data-number="1">
        {strings.join.showTitle}
      </h2>
      <p>{strings.join.showBody}</p>
      <Busy text={task.busy ? strings.join.preparing : ""} />
      <Problem text={task.problem} />
      {task.problem && <button onClick={register}>{strings.app.retry}</button>}
      {registered && <Code registered={registered} onAgain={register} />}
    </section>
  );
}

function Code({ registered, onAgain }: { registered: Registered; onAgain: () => void }) {
  const id = useStore().device.value?.id ?? "";
  const leftS = useSecondsUntil(registered.expiresAtMs);
  if (leftS === 0) {
    return (
      <>
        <Problem text={strings.join.codeExpired} />
        <button class="primary" data-testid="registration-again" onClick={onAgain}>
          {strings.join.codeAgain}
        </button>
      </>
    );
  }
  return (
    <>
      <ShareCode
        kind="device"
        code={registered.registration}
        qrLabel={strings.join.registrationQr}
        textLabel={strings.join.registrationText}
        testId="registration"
      />
      <p>{strings.pictures.yours}</p>
      <Pictures pictures={registered.pictures} />
      <p class="quiet">
        <span role="timer">{strings.join.codeExpiresIn(clock(leftS))}</span> {strings.join.compare(shortId(id))}
      </p>
    </>
  );
}
