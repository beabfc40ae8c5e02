// The invitee's side of pairing: show who this device is, then take the invitation that an older device made for it.

import { useEffect, useState } from "preact/hooks";
import { shortId } from "../../pairing/codes";
import { CodeEntry } from "./code_entry";
import { BackLink, Busy, Problem, ScreenTitle, useTask } from "../controls";
import { go, hashOf } from "../route";
import { ShareCode } from "./share_code";
import { sentence, useStore } from "../store";
import { strings } from "../strings";
import { keepStorage } from "../welcome/welcome";

export function Join({ code }: { code: string }) {
  const store = useStore();
  const task = useTask();
  const join = (invitation: string) =>
    task.run(async () => {
      await store.command("pairing.join", { invitation });
      keepStorage();
      store.notify({ level: "info", text: strings.join.done });
      go({ page: "library" });
    });
  return (
    <div class="stack">
      <BackLink href={hashOf({ page: "library" })}>{strings.join.back}</BackLink>
      <ScreenTitle>{strings.join.title}</ScreenTitle>
      <Registration />
      <section class="card stack" aria-labelledby="join-scan">
        <h2 id="join-scan" class="numbered" data-number="2">
          {strings.join.scanTitle}
        </h2>
        <p>{strings.join.scanBody}</p>
        <CodeEntry
          key={code}
          kind="join"
          initial={code}
          scanLabel={strings.join.scan}
          pasteLabel={strings.join.paste}
          submitLabel={strings.join.submit}
          busy={task.busy}
          onCode={join}
        />
        <Busy text={task.busy ? strings.join.busy : ""} />
        <Problem text={task.problem} />
      </section>
    </div>
  );
}

function Registration() {
  const store = useStore();
  const [registration, setRegistration] = useState("");
  const [problem, setProblem] = useState("");
  useEffect(() => {
    store.command("pairing.register", {}).then(
      (answer) => setRegistration(answer.registration),
      (error: unknown) => setProblem(sentence(error)),
    );
  }, []);
  return (
    <section class="card stack" aria-labelledby="join-show">
      <h2 id="join-show" class="numbered" data-number="1">
        {strings.join.showTitle}
      </h2>
      <p>{strings.join.showBody}</p>
      <Busy text={registration || problem ? "" : strings.join.preparing} />
      <Problem text={problem} />
      {registration && (
        <ShareCode
          kind="device"
          code={registration}
          qrLabel={strings.join.registrationQr}
          textLabel={strings.join.registrationText}
          testId="registration"
        />
      )}
      <p class="quiet">{strings.join.compare(shortId(store.device.value?.id ?? ""))}</p>
    </section>
  );
}
