// The first run: name this device, then start a library or join one.

import { useEffect, useState } from "preact/hooks";
import { Busy, Problem, ScreenTitle, useTask } from "../controls";
import { deviceNameGuess, DEVICE_NAME_CHARS_MAX } from "../devices/device_name";
import { Logo } from "../icons";
import { go, route } from "../route";
import { useStore } from "../store";
import { strings } from "../strings";

export function Welcome() {
  const store = useStore();
  const [name, setName] = useState(() => store.device.value?.name || deviceNameGuess(navigator.userAgent));
  const [missing, setMissing] = useState(false);
  const task = useTask();

  useEffect(() => {
    if (route.value.page !== "add-device") return;
    store.notify({ level: "warning", text: strings.welcome.deviceLink });
    go({ page: "library" });
  }, []);

  const withName = (then: () => Promise<void>) => {
    setMissing(name.trim() === "");
    if (name.trim() === "") return;
    task.run(async () => {
      await store.command("device.rename", { name: name.trim() });
      await then();
    });
  };
  const start = async () => {
    await store.command("realm.create", {});
    keepStorage();
    go({ page: "library" });
  };
  const join = () => Promise.resolve(go({ page: "join", code: "" }));

  return (
    <section class="stack welcome">
      <Logo />
      <ScreenTitle>{strings.welcome.title}</ScreenTitle>
      <p class="lead">{strings.welcome.body}</p>
      <NameField name={name} missing={missing} onName={setName} />
      <div class="choices">
        <Choice
          testId="welcome-start"
          primary
          text={strings.welcome.start}
          help={strings.welcome.startHelp}
          onClick={() => withName(start)}
        />
        <Choice
          testId="welcome-join"
          text={strings.welcome.join}
          help={strings.welcome.joinHelp}
          onClick={() => withName(join)}
        />
      </div>
      <Busy text={task.busy ? strings.welcome.starting : ""} />
      <Problem text={task.problem} />
    </section>
  );
}

interface NameFieldProps {
  name: string;
  missing: boolean;
  onName: (name: string) => void;
}

function NameField({ name, missing, onName }: NameFieldProps) {
  return (
    <div class="field">
      <label for="device-name">{strings.welcome.nameLabel}</label>
      <input
        id="device-name"
        data-testid="device-name"
        value={name}
        maxLength={DEVICE_NAME_CHARS_MAX}
        autocomplete="off"
        aria-invalid={missing}
        aria-describedby="device-name-help device-name-problem"
        onInput={(event) => onName(event.currentTarget.value)}
      />
      <p class="quiet" id="device-name-help">
        {strings.welcome.nameHelp}
      </p>
      <Problem id="device-name-problem" text={missing ? strings.welcome.nameMissing : ""} />
    </div>
  );
}

interface ChoiceProps {
  testId: string;
  text: string;
  help: string;
  primary?: boolean;
  onClick: () => void;
}

function Choice({ testId, text, help, primary = false, onClick }: ChoiceProps) {
  return (
    <button class={primary ? "choice primary" : "choice"} data-testid={testId} onClick={onClick}>
      <strong>{text}</strong>
      <span>{help}</span>
    </button>
  );
}

/** Asks the browser to keep the library when space runs short. It may refuse; the library works all the same. */
export function keepStorage(): void {
  void navigator.storage?.persist?.();
}
