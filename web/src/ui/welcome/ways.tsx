// The ways into a realm, for a device that is in none: found one, join one, or restore one's place in it.

import { Busy, Problem, useTask } from "../controls";
import { keepStorage } from "../devices/storage";
import { go } from "../route";
import { useStore } from "../store";
import { strings } from "../strings";
import { renewIdentity } from "./renewal";

interface WaysProps {
  texts: { start: string; startHelp: string; join: string; joinHelp: string };
  prepare: () => Promise<boolean>; // comes first; false: not now
}

export function Ways({ texts, prepare }: WaysProps) {
  const store = useStore();
  const task = useTask();
  const way = (then: () => unknown) => () =>
    task.run(async () => {
      await renewIdentity(store);
      if (await prepare()) await then();
    });
  const start = async () => {
    await store.command("realm.create", {});
    void keepStorage();
    go({ page: "library" });
  };
  const { busy } = task;
  return (
    <>
      <div class="choices">
        <Choice
          testId="welcome-start"
          primary
          text={texts.start}
          help={texts.startHelp}
          {...{ busy }}
          onClick={way(start)}
        />
        <Choice
          testId="welcome-join"
          text={texts.join}
          help={texts.joinHelp}
          {...{ busy }}
          onClick={way(() => go({ page: "join", code: "" }))}
        />
        <Choice
          testId="welcome-restore"
          text={strings.welcome.restore}
          help={strings.welcome.restoreHelp}
          {...{ busy }}
          onClick={way(() => go({ page: "restore" }))}
        />
      </div>
      <Busy text={busy ? strings.welcome.renewing : ""} />
      <Problem text={task.problem} />
    </>
  );
}

interface ChoiceProps {
  testId: string;
  text: string;
  help: string;
  primary?: boolean;
  busy: boolean;
  onClick: () => void;
}

function Choice({ testId, text, help, primary = false, busy, onClick }: ChoiceProps) {
  return (
    <button class={primary ? "choice primary" : "choice"} data-testid={testId} disabled={busy} onClick={onClick}>
      <strong>{text}</strong>
      <span>{help}</span>
    </button>
  );
}
