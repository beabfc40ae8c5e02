// The pictures that two people compare before their devices trust each other. To a screen reader they are a list of
// seven names: the emoji themselves would be read under names that differ from system to system.

import type { Picture } from "../../protocol";
import { strings } from "../strings";

export function Pictures({ pictures }: { pictures: Picture[] }) {
  return (
    <ol class="plain pictures" aria-label={strings.pictures.list} data-testid="pictures">
      {pictures.map((picture, at) => (
        <li key={at}>
          <span class="emoji" aria-hidden="true">
            {picture.emoji}
          </span>
          <span>{pictureName(picture)}</span>
        </li>
      ))}
    </ol>
  );
}

function pictureName({ index, name }: Picture): string {
  return strings.pictures.names[index] ?? name;
}

interface CompareProps {
  question: string;
  yes: string;
  no: string;
  testId: string; // of the yes button with "-confirm", of the no button with "-differ"
  busy: boolean;
  onYes: () => void;
  onNo: () => void;
}

/** Asks whether both screens show the same. */
export function Compare({ question, yes, no, testId, busy, onYes, onNo }: CompareProps) {
  return (
    <>
      <p>
        <strong>{question}</strong>
      </p>
      <div class="row wrap end">
        <button disabled={busy} data-testid={`${testId}-differ`} onClick={onNo}>
          {no}
        </button>
        <button class="primary" disabled={busy} data-testid={`${testId}-confirm`} onClick={onYes}>
          {yes}
        </button>
      </div>
    </>
  );
}
