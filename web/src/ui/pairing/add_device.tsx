// The inviter's side of pairing: take the new device's code, have a person confirm who it is, and show the invitation
// that is made for exactly that device. Nothing is signed before the confirmation.

import { useEffect, useState } from "preact/hooks";
import { shortId } from "../../pairing/codes";
import { CodeEntry } from "./code_entry";
import { BackLink, Busy, Problem, ScreenTitle, useTask } from "../controls";
import { clock } from "../format";
import { Icon } from "../icons";
import { go, hashOf } from "../route";
import { ShareCode } from "./share_code";
import { useStore } from "../store";
import { strings } from "../strings";

interface Candidate {
  id: string;
  name: string; // what it calls itself, or a stand-in
  registration: string;
}

interface Invitation {
  invitation: string;
  expiresAtMs: number;
}

export function AddDevice({ code }: { code: string }) {
  const store = useStore();
  const task = useTask();
  const [candidate, setCandidate] = useState<Candidate | null>(null);
  const [invitation, setInvitation] = useState<Invitation | null>(null);

  const inspect = (registration: string) =>
    task.run(async () => {
      const { id, name } = await store.command("pairing.inspect", { registration });
      setCandidate({ id, name: name || strings.devices.unnamed(shortId(id)), registration });
    });
  const invite = ({ registration }: Candidate) =>
    task.run(async () => setInvitation(await store.command("pairing.invite", { registration })));
  const waiting = candidate ? strings.invite.inviting : strings.invite.inspecting;

  return (
    <div class="stack">
      <BackLink href={hashOf({ page: "devices" })}>{strings.invite.back}</BackLink>
      <ScreenTitle>{strings.invite.title}</ScreenTitle>
      <section class="card stack">
        {!candidate && <TakeCode code={code} busy={task.busy} onCode={inspect} />}
        {candidate && !invitation && (
          <Question
            {...{ candidate }}
            busy={task.busy}
            onYes={() => invite(candidate)}
            onNo={() => setCandidate(null)}
          />
        )}
        {candidate && invitation && (
          <ShowInvitation {...{ candidate, invitation }} busy={task.busy} onAgain={() => invite(candidate)} />
        )}
        <Busy text={task.busy ? waiting : ""} />
        <Problem text={task.problem} />
      </section>
    </div>
  );
}

function TakeCode({ code, busy, onCode }: { code: string; busy: boolean; onCode: (code: string) => void }) {
  return (
    <>
      <p>{strings.invite.scanBody}</p>
      <CodeEntry
        kind="device"
        initial={code}
        scanLabel={strings.invite.scan}
        pasteLabel={strings.invite.paste}
        submitLabel={strings.invite.submit}
        busy={busy}
        onCode={onCode}
      />
    </>
  );
}

interface QuestionProps {
  candidate: Candidate;
  busy: boolean;
  onYes: () => void;
  onNo: () => void;
}

function Question({ candidate, busy, onYes, onNo }: QuestionProps) {
  return (
    <>
      <h2>{strings.invite.confirmTitle(candidate.name)}</h2>
      <p>{strings.invite.confirmBody}</p>
      <p class="big-id" data-testid="invite-id">
        {shortId(candidate.id)}
      </p>
      <div class="row end">
        <button disabled={busy} onClick={onNo}>
          {strings.app.cancel}
        </button>
        <button class="primary" data-testid="invite-confirm" disabled={busy} onClick={onYes}>
          {strings.invite.confirm}
        </button>
      </div>
    </>
  );
}

interface ShowInvitationProps {
  candidate: Candidate;
  invitation: Invitation;
  busy: boolean;
  onAgain: () => void;
}

function ShowInvitation({ candidate, invitation, busy, onAgain }: ShowInvitationProps) {
  const joined = useStore().peers.value.some((peer) => peer.id === candidate.id);
  const leftS = useSecondsUntil(invitation.expiresAtMs);
  const done = (
    <button class="primary" data-testid="invite-done" onClick={() => go({ page: "devices" })}>
      {strings.app.done}
    </button>
  );
  if (joined) {
    return (
      <>
        <p class="good" role="status" data-testid="invite-joined">
          <Icon name="check" />
          {strings.invite.joined(candidate.name)}
        </p>
        {done}
      </>
    );
  }
  return (
    <>
      <h2>{strings.invite.showTitle(candidate.name)}</h2>
      {leftS > 0 ? <Valid invitation={invitation} leftS={leftS} /> : <Expired busy={busy} onAgain={onAgain} />}
      {done}
    </>
  );
}

function Valid({ invitation, leftS }: { invitation: Invitation; leftS: number }) {
  return (
    <>
      <p>{strings.invite.showBody}</p>
      <ShareCode
        kind="join"
        code={invitation.invitation}
        qrLabel={strings.invite.invitationQr}
        textLabel={strings.invite.invitationText}
        testId="invitation"
      />
      <p class="quiet" role="timer">
        {strings.invite.expiresIn(clock(leftS))}
      </p>
    </>
  );
}

function Expired({ busy, onAgain }: { busy: boolean; onAgain: () => void }) {
  return (
    <>
      <Problem text={strings.invite.expired} />
      <button disabled={busy} onClick={onAgain}>
        {strings.invite.again}
      </button>
    </>
  );
}

function useSecondsUntil(endMs: number): number {
  const left = () => Math.max(0, Math.ceil((endMs - Date.now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    const timer = window.setInterval(() => setSeconds(left()), 1000);
    return () => window.clearInterval(timer);
  }, [endMs]);
  return seconds;
}
