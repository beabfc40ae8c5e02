// The invitee's side of pairing: show who this device is, take the invitation that an older device made for it, and
// have a person compare that device's pictures before this one joins.

import { useState } from "preact/hooks";
import { shortId } from "../../pairing/codes";
import type { Commands } from "../../protocol";
import { BackLink, Busy, Problem, ScreenTitle, SubTitle, useTask } from "../controls";
import { go, hashOf } from "../route";
import { keepStorage } from "../devices/storage";
import { useStore } from "../store";
import { strings } from "../strings";
import { CodeEntry } from "./code_entry";
import { Compare, Pictures } from "./pictures";
import { Registration } from "./registration";

interface Offer {
  invitation: string;
  preview: Commands["pairing.preview"][1];
}

export function Join({ code }: { code: string }) {
  const [round, setRound] = useState(0);
  const [offer, setOffer] = useState<Offer | null>(null);
  const startAgain = () => {
    setOffer(null);
    setRound(round + 1);
  };
  return (
    <div class="stack">
      <BackLink href={hashOf({ page: "library" })}>{strings.join.back}</BackLink>
      <ScreenTitle>{strings.join.title}</ScreenTitle>
      {!offer && <Registration round={round} />}
      {!offer && <TakeInvitation key={round} code={round === 0 ? code : ""} onOffer={setOffer} />}
      {offer && <Question {...{ offer }} onAgain={startAgain} />}
    </div>
  );
}

function TakeInvitation({ code, onOffer }: { code: string; onOffer: (offer: Offer) => void }) {
  const store = useStore();
  const task = useTask();
  const read = (invitation: string) =>
    task.run(async () => onOffer({ invitation, preview: await store.command("pairing.preview", { invitation }) }));
  return (
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
        problem={task.problem}
        onCode={read}
      />
      <Busy text={task.busy ? strings.join.reading : ""} />
    </section>
  );
}

function Question({ offer, onAgain }: { offer: Offer; onAgain: () => void }) {
  const store = useStore();
  const task = useTask();
  const [differ, setDiffer] = useState(false);
  const { inviter, pictures } = offer.preview;
  const name = offer.preview.name || strings.devices.unnamed(shortId(inviter));
  const join = () =>
    task.run(async () => {
      await store.enter("pairing.join", { invitation: offer.invitation });
      void keepStorage();
      store.notify({ level: "info", text: strings.join.done });
      go({ page: "library" });
    });
  const failed = differ || task.problem !== "";
  return (
    <section class="card stack">
      <SubTitle>{strings.join.questionTitle(name)}</SubTitle>
      {!failed && (
        <>
          <p>{strings.join.questionBody(name)}</p>
          <Pictures pictures={pictures} />
          <Compare
            question={strings.join.question}
            yes={strings.join.yes}
            no={strings.join.no}
            testId="join"
            busy={task.busy}
            onYes={join}
            onNo={() => setDiffer(true)}
          />
        </>
      )}
      <Busy text={task.busy ? strings.join.busy : ""} />
      <Problem text={differ ? strings.join.differ : task.problem} />
      {failed && (
        <div class="row wrap end">
          {task.passing && <button onClick={join}>{strings.app.retry}</button>}
          <button class="primary" data-testid="join-again" onClick={onAgain}>
            {strings.join.again}
          </button>
        </div>
      )}
    </section>
  );
}
