// The invitation as the inviter shows it: until it is used it can be cancelled, and leaving it cancels it.

import type { Commands } from "../../protocol";
import { Problem, SubTitle, useTask } from "../controls";
import { useSecondsUntil } from "../countdown";
import { clock } from "../format";
import { Icon } from "../icons";
import { LeaveGuard } from "../leave_guard";
import { go, release } from "../route";
import { sentence, useStore } from "../store";
import { strings } from "../strings";
import { Pictures } from "./pictures";
import { ShareCode } from "./share_code";

export type Invitation = Commands["pairing.invite"][1];

interface ShowInvitationProps {
  candidate: { id: string; name: string };
  invitation: Invitation;
  busy: boolean;
  onAgain: () => void; // another invitation for the same code
  onStartAgain: () => void; // another code
}

export function ShowInvitation({ candidate, invitation, busy, onAgain, onStartAgain }: ShowInvitationProps) {
  const joined = useStore().peers.value.some((peer) => peer.id === candidate.id);
  const leftS = useSecondsUntil(invitation.expiresAtMs);
  if (joined) return <Joined name={candidate.name} />;
  return (
    <>
      <SubTitle>{strings.invite.showTitle(candidate.name)}</SubTitle>
      {leftS > 0 ? <Valid {...{ candidate, invitation, leftS }} /> : <Expired {...{ busy, onAgain, onStartAgain }} />}
    </>
  );
}

function Joined({ name }: { name: string }) {
  return (
    <>
      <p class="good" role="status" data-testid="invite-joined">
        <Icon name="check" />
        {strings.invite.joined(name)}
      </p>
      <button class="primary" data-testid="invite-done" onClick={() => go({ page: "devices" })}>
        {strings.app.done}
      </button>
    </>
  );
}

interface ValidProps {
  candidate: { id: string; name: string };
  invitation: Invitation;
  leftS: number;
}

function Valid({ candidate, invitation, leftS }: ValidProps) {
  const store = useStore();
  const task = useTask();
  const { cancelled, notCancelled } = strings.invite;
  const cancel = async () => {
    await store.command("pairing.cancel", { id: invitation.id });
    store.notify({ level: "info", text: cancelled(candidate.name) });
  };
  const cancelHere = () =>
    task.run(async () => {
      await cancel();
      release();
      go({ page: "devices" });
    });
  const cancelLeaving = () =>
    void cancel().catch((error: unknown) => store.notify({ level: "warning", text: notCancelled(sentence(error)) }));
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
      <p>{strings.pictures.yours}</p>
      <Pictures pictures={invitation.pictures} />
      <div class="row wrap between">
        <p class="quiet" role="timer">
          {strings.invite.expiresIn(clock(leftS))}
        </p>
        <button data-testid="invite-cancel" disabled={task.busy} onClick={cancelHere}>
          {task.busy ? strings.invite.cancelling : strings.invite.cancel}
        </button>
      </div>
      <Problem text={task.problem && notCancelled(task.problem)} />
      <LeaveGuard
        title={strings.invite.leaveTitle(candidate.name)}
        confirm={strings.invite.leave}
        stay={strings.invite.stay}
        onLeave={cancelLeaving}
      >
        {strings.invite.leaveBody}
      </LeaveGuard>
    </>
  );
}

interface ExpiredProps {
  busy: boolean;
  onAgain: () => void;
  onStartAgain: () => void;
}

function Expired({ busy, onAgain, onStartAgain }: ExpiredProps) {
  return (
    <>
      <Problem text={strings.invite.expired} />
      <div class="row wrap end">
        <button disabled={busy} onClick={onStartAgain}>
          {strings.invite.startAgain}
        </button>
        <button class="primary" disabled={busy} onClick={onAgain}>
          {strings.invite.again}
        </button>
      </div>
    </>
  );
}
