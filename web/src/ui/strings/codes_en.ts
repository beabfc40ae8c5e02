// What codes of errors and notices mean, in English: a sentence, or `own` where the one that comes with the code is
// said as it is. codes_test.ts finds a code that is missing here.

import type { About } from "../../protocol";

const own = null;

const misunderstood =
  "This skypod and the server do not understand each other. Reload the page; if that does not help, ask who runs the " +
  "server to update it.";

export type Codes = { offline: string } & Record<string, string | null>;
export type News = Record<string, ((about: About) => string) | null>;

export const codes: Codes = {
  // of the core, and of the server to a device
  bad_frame: misunderstood,
  bad_message: misunderstood,
  unknown_message: misunderstood,
  frame_too_large: "That is too much at once for the server. Make it shorter, then try again.",
  rate_limited: "Too much in a short time. Wait a few seconds, then try again.",
  not_authenticated: misunderstood,
  authentication_timeout: "Signing in at the server took too long. skypod tries again by itself.",
  bad_token: misunderstood,
  token_missing: misunderstood,
  token_expired: "This device's clock and the server's differ too much. Set the one that is wrong, then try again.",
  stale_nonce: misunderstood,
  wrong_realm: misunderstood,
  unknown_realm: "The server does not know your devices. Check its address, or let another of them connect first.",
  realm_exists: "The server knows these devices already. Start afresh, or join them with an invitation.",
  realm_full: "The server allows no more devices. Remove one first.",
  not_a_member: "The server does not count this device among yours. Have one of your devices add it.",
  removed: "This device was removed. To come back, it needs a new invitation.",
  invitation_invalid: own,
  invitation_expired: own,
  invitation_used: own,
  code_damaged: own,
  recovery_invalid: own,
  no_realm_key: own,
  peer_offline: own,
  superseded: own,
  slow_consumer: own,
  storage_failed: own,
  newer_library: own,
  offline: "The server cannot be reached: check the connection. What is on this device still works.",
  bad_reply: own,
  feed_failed: own,
  private_feed:
    "This feed is private: only your own devices fetch it, and the server is not told of it. Keep a “skypod peer” " +
    "running to follow it from a browser, or allow the server for this feed.",
  login_feed:
    "This feed wants a name and password, which only your own devices may know, and its host takes them from no " +
    "browser. Keep a “skypod peer” running to follow it here.",
  login_refused:
    "The feed's host wants a name and password, or does not take these. Add the feed again with the right ones.",
  file_failed: own,
  file_closed:
    "This feed is private: only your own devices fetch its files, and this one's host cannot be reached or lets no " +
    "browser read it. Keep a “skypod peer” running, which fetches it for this device.",
  queue_full: own,
  bad_input: own,
  in_realm: own,
  internal: own,
  no_storage: own,
  stopped: own,
  interrupted: own,
  // of a device that fetches feeds for others
  helper_silent: own,
  helper_busy: own,
  helper_gone: own,
  helper_refuses: own,
  feed_too_large: own,
  no_ranges: own,
  // of the proxy
  bad_url: own,
  scheme_refused: own,
  userinfo_refused: own,
  port_refused: own,
  address_refused: own,
  name_not_found: own,
  connect_failed: own,
  tls_failed: own,
  timed_out: own,
  body_too_large: own,
  headers_too_large: own,
  too_many_redirects: own,
  bad_answer: own,
  upstream_not_found: own,
  upstream_login: own,
  upstream_status: own,
  busy: own,
  too_many_fetches: own,
  not_a_feed: own,
  web_page: own,
  bad_json: own,
  too_deep: own,
  too_many_items: own,
  too_much_text: own,
  not_a_page: own,
  not_media: own,
  not_audio: own,
  audio_too_long: own,
  audio_refused: own,
  disk_full: own,
  not_kept: "The server has not kept this audio any longer. Press play once more, and it is fetched again.",
};

export const news: News = {
  storage: own,
  not_stored: own,
  device_joined: own,
  device_removed: own,
  recovery_made: own,
  removed: own,
  unconfirmed: own,
  clock: own,
  server_lies: own,
  stopped: own,
};
