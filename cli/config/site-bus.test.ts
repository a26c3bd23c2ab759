import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { siteBus } from "./site-bus.ts";

const folder = mkdtempSync(join(tmpdir(), "qkdlink-bus-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => {
  const path = join(folder, name);
  writeFileSync(path, `text of ${name}\n`, { mode: 0o600 });
  return path;
};

it("what a site's file says of NATS servers takes its place, with what files hold", () => {
  const files = {
    authority: file("ca"),
    crl: file("crl"),
    certificate: file("cert"),
    privateKey: file("key"),
    credentialsFile: file("creds"),
  };
  const rest = { servers: ["tls://bus:4223"], network: "metro-3", stream: "events-3", telemetryS: 17 };
  expect(siteBus({ nats: { ...rest, ...files } })).toEqual({
    ...rest,
    tls: { ca: "text of ca\n", crl: "text of crl\n", cert: "text of cert\n", key: "text of key\n" },
    credentials: "text of creds",
  });
  expect(siteBus({ nats: { servers: ["nats://127.0.0.1:1"] } })).toEqual({ servers: ["nats://127.0.0.1:1"] });
  expect(siteBus({})).toBeUndefined();
  chmodSync(files.credentialsFile, 0o644);
  expect(() => siteBus({ nats: { ...rest, ...files } })).toThrow(/others may read the file .*creds/);
});
