// The offer to install skypod: a card in the library that can be put off, and a section of the settings that stays.

import { useStore } from "../store";
import { strings } from "../strings";
import { install, installWayHere, isPutOff, putOff } from "./install";

/** In the library, while the browser offers it and nobody has put it off. */
export function InstallCard() {
  if (!install.value || isPutOff.value) return null;
  return (
    <section class="card stack tight" aria-label={strings.install.title} data-testid="install-card">
      <p>{strings.install.offer}</p>
      <div class="row end">
        <button class="small" data-testid="install-later" onClick={putOff}>
          {strings.install.later}
        </button>
        <InstallButton />
      </div>
    </section>
  );
}

/** In the settings: the browser's own offer, or how to do it in this browser. */
export function InstallSection() {
  const way = installWayHere();
  return (
    <section class="card stack tight" aria-labelledby="install" data-testid="install-section">
      <h2 id="install">{strings.install.title}</h2>
      <p class="quiet">{strings.install.body}</p>
      {install.value ? <InstallButton /> : <p>{strings.install.by[way]}</p>}
    </section>
  );
}

function InstallButton() {
  const store = useStore();
  const offer = install.value;
  return (
    <button class="primary small self-start" data-testid="install" onClick={() => offer && store.attempt(offer())}>
      {strings.install.run}
    </button>
  );
}
