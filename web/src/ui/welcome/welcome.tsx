// The first run: name this device, protect its key or not, then start a library, join one, or restore it.

import { useEffect, useState } from "preact/hooks";
import { Problem, ScreenTitle } from "../controls";
import { deviceNameGuess, DEVICE_NAME_CHARS_MAX } from "../devices/device_name";
import { Logo } from "../icons";
import { go, route } from "../route";
import { useStore } from "../store";
import { strings } from "../strings";
import { PasskeyOption } from "./passkey_option";
import { Ways } from "./ways";

export function Welcome() {
  const store = useStore();
  const [name, setName] = useState(() => store.device.value?.name || deviceNameGuess(navigator.userAgent));
  const [missing, setMissing] = useState(false);

  useEffect(() => {
    if (route.value.page !== "add-device") return;
    store.notify({ level: "warning", text: strings.welcome.deviceLink });
    go({ page: "library" });
  }, []);

  const rename = async () => {
    setMissing(name.trim() === "");
    if (name.trim() === "") return false;
    await store.command("device.rename", { name: name.trim() });
    return true;
  };
  return (
    <section class="stack welcome">
      <Logo />
      <ScreenTitle>{strings.welcome.title}</ScreenTitle>
      <p class="lead">{strings.welcome.body}</p>
      <NameField name={name} missing={missing} onName={setName} />
      <PasskeyOption deviceName={name.trim()} />
      <Ways texts={strings.welcome} prepare={rename} />
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
