// The button that removes a member of the realm, after asking.

import { useState } from "preact/hooks";
import { Busy, Confirm, IconButton, Problem, useTask } from "../controls";
import { useStore } from "../store";
import { strings } from "../strings";

interface RemoveMemberProps {
  id: string;
  label: string;
  title: string; // of the question
  body: string; // what it means
  busy: string;
  done: string;
}

export function RemoveMember({ id, label, title, body, busy, done }: RemoveMemberProps) {
  const store = useStore();
  const task = useTask();
  const [asking, setAsking] = useState(false);
  const remove = () => {
    setAsking(false);
    task.run(async () => {
      await store.remove(id);
      store.notify({ level: "info", text: done });
    });
  };
  return (
    <>
      {!task.busy && (
        <IconButton icon="remove" class="tuck" {...{ label }} testId="remove" onClick={() => setAsking(true)} />
      )}
      <Busy text={task.busy ? busy : ""} />
      <Problem text={task.problem} />
      {asking && (
        <Confirm {...{ title }} confirm={strings.devices.remove} onConfirm={remove} onCancel={() => setAsking(false)}>
          {body}
        </Confirm>
      )}
    </>
  );
}
