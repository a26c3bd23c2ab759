import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { Access, isOwnHost, READING_COOKIE } from "./access.ts";

const request = (
  remoteAddress: string,
  headers: Readonly<Record<string, string>> = {},
  socket: object = {},
) =>
  ({
    headers,
    socket: { remoteAddress, localAddress: "127.0.0.1", localPort: 8014, ...socket },
  }) as unknown as IncomingMessage;

/** Certificates that this listener trusts: those of sockets that say so. */
const CLIENTS = { trusts: (socket: object) => (socket as { trusted?: boolean }).trusted === true };

describe("who may look", () => {
  const access = new Access(CLIENTS);
  const bearer = { authorization: `Bearer ${access.token}` };

  it("is everybody of this machine, and nobody else without token, cookie or certificate", () => {
    for (const address of ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
      expect(access.mayLook(request(address))).toBe(true);
    for (const address of ["10.0.0.1", "::ffff:10.0.0.1", "1.127.0.0", "fe80::1"])
      expect(access.mayLook(request(address))).toBe(false);
    expect(access.mayLook(request("10.0.0.1", bearer))).toBe(true);
    expect(access.mayLook(request("10.0.0.1", { cookie: `a=b; ${READING_COOKIE}=${access.reading}` }))).toBe(
      true,
    );
    expect(access.mayLook(request("10.0.0.1", {}, { trusted: true }))).toBe(true);
    expect(access.mayLook(request("10.0.0.1", {}, { trusted: false, authorized: true }))).toBe(false);
  });

  it("shows the very token, of 256 bits", () => {
    expect(Buffer.from(access.token, "base64url")).toHaveLength(32);
    expect(new Access(CLIENTS).token).not.toBe(access.token);
    for (const wrong of [
      "",
      access.token.slice(1),
      `${access.token}A`,
      new Access(CLIENTS).token,
      access.reading,
    ])
      expect(access.mayAct(request("127.0.0.1", { authorization: `Bearer ${wrong}` }))).toBe(false);
  });
});

describe("who may act", () => {
  const access = new Access(CLIENTS);

  it("is who shows the token in a header: not this machine, not the cookie, not a certificate", () => {
    expect(access.mayAct(request("127.0.0.1"))).toBe(false);
    expect(
      access.mayAct(
        request("127.0.0.1", { cookie: `${READING_COOKIE}=${access.reading}` }, { trusted: true }),
      ),
    ).toBe(false);
    expect(access.mayAct(request("10.0.0.1", { authorization: `Bearer ${access.token}` }))).toBe(true);
    expect(access.reading).not.toContain(access.token);
  });
});

describe("the host that a request names", () => {
  const own = (host: string, socket: object = {}, names: readonly string[] = []) =>
    isOwnHost(request("127.0.0.1", host === "" ? {} : { host }, socket), names, null);
  it("is an address that was connected to, or localhost, with the port", () => {
    expect([own("127.0.0.1:8014"), own("localhost:8014"), own("LOCALHOST:8014")]).toEqual([true, true, true]);
    expect(own("[::1]:8014", { localAddress: "::1" })).toBe(true);
    expect(own("10.0.0.7:8014", { localAddress: "::ffff:10.0.0.7" })).toBe(true);
  });

  it("is not that of a page of elsewhere whose name was made to point here", () => {
    for (const host of [
      "evil.example:8014",
      "127.0.0.1:80",
      "127.0.0.1",
      "10.0.0.7:8014",
      "localhost.evil.example:8014",
      "",
      "a b:8014",
    ])
      expect(own(host), host).toBe(false);
    expect(own("localhost:8014", { localAddress: "10.0.0.7" })).toBe(false);
  });

  it("is one that the site's file names", () => {
    expect(own("noc.example:8014", {}, ["noc.example"])).toBe(true);
  });
});
