// An authenticator inside Chromium, as a platform has it built in. Passkeys outlive the page, not the browser, so they
// can be taken out and put into the next one.

const OPTIONS = {
  protocol: "ctap2",
  transport: "internal",
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
};

export class Authenticator {
  /** Of `device`'s page. hasPrf: false for one that cannot keep secrets. */
  static async add(device, { hasPrf = true } = {}) {
    const session = await device.context.newCDPSession(device.page);
    await session.send("WebAuthn.enable");
    const options = { ...OPTIONS, hasPrf };
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", { options });
    return new Authenticator(session, authenticatorId);
  }

  constructor(session, authenticatorId) {
    this.session = session;
    this.authenticatorId = authenticatorId;
  }

  async credentials() {
    const { authenticatorId } = this;
    return (await this.session.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
  }

  /** From now on it is somebody else who answers for their finger: it refuses, and soon asks nobody any more. */
  async refuse() {
    const { authenticatorId } = this;
    await this.session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  }

  /** Puts this one's passkeys into a new one: the same names and keys, but another secret behind each. */
  async replaceSecrets() {
    const credentials = await this.credentials();
    await this.remove();
    const options = { ...OPTIONS, hasPrf: true };
    const { authenticatorId } = await this.session.send("WebAuthn.addVirtualAuthenticator", { options });
    this.authenticatorId = authenticatorId;
    for (const credential of credentials)
      await this.session.send("WebAuthn.addCredential", { authenticatorId, credential });
  }

  async remove() {
    await this.session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: this.authenticatorId });
  }
}
