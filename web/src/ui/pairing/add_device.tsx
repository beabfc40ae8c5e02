// The inviter's side of pairing: take the new device's code, have a person compare its pictures, and show the
// invitation that is made for exactly that device. Nothing is signed before the comparison.

import { useState } from "preact/hooks";
import { shortId } from "../../pairing/codes";
import type { Picture } from "../../protocol";
import { BackLink, Busy, Problem, ScreenTitle, SubTitle, useTask } from "../controls";
import { hashOf } from "../route";
import { useStore } from "../store";
import { strings } from "../strings";
import { CodeEntry } from "./code_entry";
import { type Invitation, ShowInvitation } from "./invitation";
import { Compare, Pictures } from "./pictures";

interface Candidate {
  id: string;
  name: string; // what it calls itself, or a stand-in
  pictures: Picture[];
  registration: string;
}

export function AddDevice({ code }: { code: string }) {
  const store = useStore();
  const task = useTask();
  const [candidate, setCandidate] = useState<Candidate | null>(null);
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const [differ, setDiffer] = useState(false);

  const inspect = (registration: string) =>
    task.run(async () => {
      setDiffer(false);
      const { id, name, pictures } = await store.command("pairing.inspect", { registration });
      setCandidate({ id, name: name || strings.devices.unnamed(shortId(id)), pictures, registration });
    });
  const invite = ({ registration }: Candidate) =>
    task.run(async () => setInvitation(await store.command("pairing.invite", { registration })));
  const startAgain = (because: { differ: boolean }) => {
    setCandidate(null);
    setInvitation(null);
    setDiffer(because.differ);
  };

  return (
    <div class="stack">
      <BackLink href={hashOf({ page: "devices" })}>{strings.invite.back}</BackLink>
      <ScreenTitle>{strings.invite.title}</ScreenTitle>
      <section class="card stack">
        {differ && <Problem text={strings.invite.differ} />}
        {!candidate && <TakeCode code={differ ? "" : code} busy={task.busy} problem={task.problem} onCode={inspect} />}
        {candidate && !invitation && (
          <Question
            {...{ candidate }}
            busy={task.busy}
            onYes={() => invite(candidate)}
            onNo={() => startAgain({ differ: true })}
          />
        )}
        {candidate && invitation && (
          <ShowInvitation
            {...{ candidate, invitation }}
            busy={task.busy}
            onAgain={() => invite(candidate)}
            onStartAgain={() => startAgain({ differ: false })}
          />
        )}
        <Busy text={task.busy ? (candidate ? strings.invite.inviting : strings.invite.inspecting) : ""} />
        {candidate && <Problem text={task.problem} />}
      </section>
    </div>
  );
}

interface TakeCodeProps {
  code: string;
  busy: boolean;
  problem: string;
  onCode: (code: string) => void;
}

function TakeCode({ code, busy, problem, onCode }: TakeCodeProps) {
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
        problem={problem}
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
      <SubTitle>{strings.invite.confirmTitle(candidate.name)}</SubTitle>
      <p>{strings.invite.confirmBody}</p>
      <Pictures pictures={candidate.pictures} />
      <Compare
        question={strings.invite.question}
        yes={strings.invite.confirm}
        no={strings.invite.no}
        testId="invite"
        {...{ busy, onYes, onNo }}
      />
      <p class="quiet" data-testid="invite-id">
        {strings.devices.id(shortId(candidate.id))}
      </p>
    </>
  );
}
