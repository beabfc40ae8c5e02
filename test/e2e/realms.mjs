// Ways through the app that several walks take: founding a realm, and pairing by pasted links.
import assert from "node:assert/strict";

export async function found(device, url, name) {
  await device.open(url);
  await device.at("device-name").fill(name);
  await device.at("welcome-start").click();
  await online(device);
}

export async function online(device) {
  await device.page.locator('[data-testid="link-state"][data-state="online"]').waitFor();
}

/** Names a fresh device, shows its registration, and answers its link. */
export async function registration(device, url, name) {
  await device.open(url);
  await device.at("device-name").fill(name);
  await device.at("welcome-join").click();
  return device.at("registration-text").inputValue();
}

export async function paste(device, code) {
  await device.at("paste-input").fill(code);
  await device.at("paste-submit").click();
}

/** The inviter takes the code in and is asked about its pictures. */
export async function inspect(device, code) {
  await device.at("nav-devices").click();
  await device.at("add-device").click();
  await paste(device, code);
  await device.at("invite-confirm").waitFor();
}

/** The inviter agrees, and answers the invitation's link. */
export async function invitation(device) {
  await device.at("invite-confirm").click();
  return device.at("invitation-text").inputValue();
}

/** The pictures on the screen, as a person would read them out: emoji and name of each. */
export async function pictures(device) {
  const shown = await device.at("pictures").locator("li").allInnerTexts();
  assert.equal(shown.length, 7, "seven pictures");
  return shown.map((text) => text.split(/\s+/).join(" "));
}

/** Pairs a fresh device, from its first start to its library. */
export async function pair(inviter, invitee, url, name) {
  await inspect(inviter, await registration(invitee, url, name));
  await paste(invitee, await invitation(inviter));
  await invitee.at("join-confirm").click();
  await invitee.at("feed-url").waitFor();
  await inviter.at("invite-joined").waitFor();
  await inviter.at("invite-done").click();
}
