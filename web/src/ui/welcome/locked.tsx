// What fills the page while this device's key waits for its passkey.

import { useEffect, useState } from "preact/hooks";
import type { Lock } from "../../host/core_client";
import { openPasskey, PasskeyError } from "../../host/passkey";
import { Busy, Confirm, Problem, ScreenTitle } from "../controls";
import { Icon, Logo } from "../icons";
import { strings } from "../strings";

type Standing = "waiting" | "busy" | keyof typeof strings.passkey.lockedProblem;

export function Locked({ lock }: { lock: Lock }) {
  const [standing, setStanding] = useState<Standing>("waiting");
  useEffect(() => setStanding(lock.refused ? "refused" : "waiting"), [lock]);
  const unlock = () => {
    setStanding("busy");
    openPasskey(lock.passkey).then(
      ({ secret }) => lock.unlock(secret), // what comes of it is another `lock`, or the app
      (error: unknown) => setStanding(error instanceof PasskeyError ? error.problem : "failed"),
    );
  };
  const busy = standing === "busy";
  return (
    <main class="full-screen" data-testid="locked">
      <Logo />
      <ScreenTitle>{strings.passkey.lockedTitle}</ScreenTitle>
      <p>{strings.passkey.lockedBody}</p>
      <button class="primary" data-testid="unlock" disabled={busy} onClick={unlock}>
        <Icon name="key" />
        {strings.passkey.unlock}
      </button>
      <Busy text={busy ? strings.passkey.unlocking : ""} />
      <Problem text={standing === "waiting" || standing === "busy" ? "" : strings.passkey.lockedProblem[standing]} />
      <Lost startOver={lock.startOver} />
    </main>
  );
}

function Lost({ startOver }: { startOver: () => void }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button class="small" data-testid="passkey-lost" onClick={() => setAsking(true)}>
        {strings.passkey.lost}
      </button>
      {asking && (
        <Confirm
          title={strings.passkey.lostTitle}
          confirm={strings.passkey.startOver}
          onConfirm={startOver}
          onCancel={() => setAsking(false)}
        >
          {strings.passkey.lostBody}
        </Confirm>
      )}
    </>
  );
}
