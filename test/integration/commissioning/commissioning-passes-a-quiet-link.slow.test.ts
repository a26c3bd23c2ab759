import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { filesBelow } from "../../../commissioning/index.ts";
import { openTransceiver } from "../../../drivers/index.ts";
import { readManifest, readSignatures, signingKeyOf, verifySignatures } from "../../../report/index.ts";
import { CommissioningRig } from "./commissioning-rig.ts";

let rig: CommissioningRig | undefined;
afterEach(() => rig?.stop());

/** Every setting of a unit that a commissioning may touch, by name. */
async function settingsOf(address: string) {
  const unit = await openTransceiver(address);
  try {
    return Object.fromEntries((await unit.listParameters()).map(({ name, value }) => [name, value]));
  } finally {
    await unit.close();
  }
}

/** A key to sign with, and the report's folder verified as a reader would. */
const key = signingKeyOf(
  generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
);

it("a quiet link passes every step, and both units are left as they were found", {
  timeout: 600_000,
}, async () => {
  rig = await CommissioningRig.start();
  const { alice, bob } = rig.link.addresses;
  const before = [await settingsOf(alice.tcp ?? ""), await settingsOf(bob.tcp ?? "")];
  const { report, error, news } = await rig.run({ options: { signing: { operator: key } } });
  expect(error).toBeUndefined();
  const told = news.flatMap((one) => (one.type === "done" && one.verdict !== "pass" ? [one] : []));
  expect(told.filter(({ verdict }) => verdict !== "notApplicable")).toEqual([]);
  expect(report?.verdict).toBe("pass");
  expect(report?.steps.map(({ number }) => number)).toEqual(
    Array.from({ length: 24 }, (_, index) => index + 1),
  );
  expect([await settingsOf(alice.tcp ?? ""), await settingsOf(bob.tcp ?? "")]).toEqual(before);
  // Nothing lies in the folder but what was signed.
  const files = filesBelow(rig.out()).filter((file) => file !== "manifest" && file !== "report.sig");
  const manifest = readFileSync(join(rig.out(), "manifest"), "utf8");
  expect(readManifest(manifest).map(({ path }) => path)).toEqual(files);
  verifySignatures(
    readSignatures(readFileSync(join(rig.out(), "report.sig"), "utf8")),
    report?.signers ?? [],
    manifest,
  );
  expect(report?.steps.flatMap(({ settings }) => settings).every(({ restored }) => restored)).toBe(true);
});
