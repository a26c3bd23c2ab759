import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DevelopmentAuthority } from "../development/development-pki.ts";
import { readSiteCredentials } from "./site-credentials.ts";

const folder = mkdtempSync(join(tmpdir(), "qkdlink-credentials-"));
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  const authority = await DevelopmentAuthority.create();
  const [own, other] = [await authority.issue("kme"), await authority.issue("other")];
  const texts = {
    "ca.pem": authority.certificate,
    "own.pem": own.certificate,
    "own.key": own.privateKey,
    "other.key": other.privateKey,
    "empty.pem": "",
    "comment.pem": "# the authority will be put here\n",
  };
  for (const [name, text] of Object.entries(texts)) writeFileSync(at(name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

const files = () => ({ certificate: at("own.pem"), privateKey: at("own.key"), authority: at("ca.pem") });
const site = (part: "peer" | "delivery", change: object) => ({
  peer: { ...files(), secretFile: "x" },
  delivery: { ...files(), listen: "x", kmeId: "k", peerKmeId: "l" },
  [part]: { ...files(), secretFile: "x", listen: "x", kmeId: "k", peerKmeId: "l", ...change },
});

describe("the certificates of a site's configuration", () => {
  it("are read where they fit", () => {
    const { peer, delivery } = readSiteCredentials(site("peer", {}));
    expect([peer.certificate, peer.authority]).toEqual([delivery.cert, delivery.ca]);
  });

  it.each(["peer", "delivery"] as const)(
    "are refused in %s, by field and file, where they do not",
    (part) => {
      const cases: [field: string, file: string, code: string, why: RegExp][] = [
        ["authority", "empty.pem", "QKD_CONFIG_INVALID", /is empty, holds no certificate/],
        ["authority", "comment.pem", "QKD_CONFIG_INVALID", /holds no certificate/],
        ["authority", "own.key", "QKD_CONFIG_INVALID", /holds PRIVATE KEY, no certificate/],
        ["certificate", "empty.pem", "QKD_CONFIG_INVALID", /is empty, holds no certificate/],
        ["certificate", "own.key", "QKD_CONFIG_INVALID", /holds PRIVATE KEY, no certificate/],
        ["privateKey", "empty.pem", "QKD_CONFIG_INVALID", /is empty, holds no private key/],
        ["privateKey", "own.pem", "QKD_CONFIG_INVALID", /holds CERTIFICATE, no private key/],
        ["privateKey", "other.key", "QKD_CONFIG_INVALID", /does not belong to the certificate in .*own\.pem/],
        ["crl", "empty.pem", "QKD_CONFIG_INVALID", /is empty, holds no revocation list/],
        ["crl", "ca.pem", "QKD_CONFIG_INVALID", /holds CERTIFICATE, no revocation list/],
        ["authority", "nowhere.pem", "QKD_CONFIG_UNREADABLE", /cannot be read/],
      ];
      for (const [field, file, code, why] of cases) {
        const read = () => readSiteCredentials(site(part, { [field]: at(file) }));
        expect(read, `${field} ${file}`).toThrow(
          expect.objectContaining({ code, message: expect.stringMatching(why) }),
        );
        expect(read).toThrow(`${part}.${field} (${at(file)})`);
      }
    },
  );
});
