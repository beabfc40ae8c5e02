// The name and password that a feed's host wants.

import { strings } from "../strings";

export interface Login {
  name: string;
  password: string;
}

/** The address with the login in it, percent-encoded as addresses are. */
export function withLogin(address: string, { name, password }: Login): string {
  const url = new URL(address);
  url.username = name;
  url.password = password;
  return url.href;
}

interface Props {
  login: Login;
  change: (login: Login) => void;
}

export function LoginFields({ login, change }: Props) {
  const words = strings.feedReach;
  return (
    <div class="stack tight">
      <label class="field">
        {words.loginName}
        <input
          data-testid="feed-login-name"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          value={login.name}
          onInput={(event) => change({ ...login, name: event.currentTarget.value })}
        />
      </label>
      <label class="field">
        {words.loginPassword}
        <input
          type="password"
          autocomplete="off"
          data-testid="feed-login-password"
          aria-describedby="feed-login-help"
          value={login.password}
          onInput={(event) => change({ ...login, password: event.currentTarget.value })}
        />
      </label>
      <p id="feed-login-help" class="quiet">
        {words.loginHelp}
      </p>
    </div>
  );
}
