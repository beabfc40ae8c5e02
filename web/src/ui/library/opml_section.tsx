// Subscriptions in and out, as the list that every other reader can write and read.

import { useRef, useState } from "preact/hooks";
import { CoreError } from "../../protocol";
import { Busy, Check, Problem, useTask } from "../controls";
import { saveFile } from "../save_file";
import { type Store, useStore } from "../store";
import { strings } from "../strings";
import { xmlEvents } from "../../xml_events";

const FILE_MAX = 8 * 1024 * 1024; // octets
const BATCH = 500; // as library.import takes them

interface Props {
  any: boolean; // there are subscriptions
  secrets: boolean; // of which some have a password
}

export function OpmlSection({ any, secrets }: Props) {
  const store = useStore();
  const [logins, setLogins] = useState(false);
  const task = useTask();
  const picker = useRef<HTMLInputElement>(null);
  const save = () => task.run(() => exportList(store, logins));
  const read = (file: File | undefined) => {
    if (file) task.run(() => importList(store, file));
    if (picker.current) picker.current.value = "";
  };
  return (
    <section class="card stack tight" aria-labelledby="opml">
      <h2 id="opml">{strings.opml.title}</h2>
      <p class="quiet">{strings.opml.body}</p>
      <div class="row wrap">
        <button data-testid="opml-import" disabled={task.busy} onClick={() => picker.current?.click()}>
          {strings.opml.import}
        </button>
        {any && (
          <button data-testid="opml-export" disabled={task.busy} onClick={save}>
            {strings.opml.export}
          </button>
        )}
        <input
          ref={picker}
          type="file"
          hidden
          aria-label={strings.opml.import}
          accept=".opml,.xml,text/xml,text/x-opml,application/xml"
          data-testid="opml-file"
          onChange={(event) => read(event.currentTarget.files?.[0])}
        />
      </div>
      {secrets && (
        <Check label={strings.opml.logins} checked={logins} choose={setLogins} testId="opml-logins" />
      )}
      <Busy text={task.busy ? strings.opml.busy : ""} />
      <Problem text={task.problem} />
    </section>
  );
}

async function importList(store: Store, file: File): Promise<void> {
  if (file.size > FILE_MAX) throw new CoreError(413, "too_large", strings.opml.tooLarge);
  const document = readXml(await file.text());
  const { subscriptions, truncated } = await store.command("opml.read", { document });
  let added = 0;
  let known = 0;
  for (let at = 0; at < subscriptions.length; at += BATCH) {
    const answer = await store.command("library.import", { subscriptions: subscriptions.slice(at, at + BATCH) });
    added += answer.added;
    known += answer.known;
  }
  store.notify({ level: "info", topic: "subscribe", text: strings.opml.imported(added, known) });
  if (truncated) store.notify({ level: "warning", text: strings.opml.truncated });
}

function readXml(text: string) {
  const events = xmlEvents(text);
  if (!events) throw new CoreError(422, "bad_opml", strings.opml.unreadable);
  return events;
}

async function exportList(store: Store, logins: boolean): Promise<void> {
  const { opml } = await store.command("opml.export", { logins });
  saveFile(new Blob([opml], { type: "text/x-opml" }), "skypod.opml");
}
