import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ControllerOptions, createController, readLinkSecretFile } from "../../controller/index.ts";
import { openTransceiver } from "../../drivers/index.ts";
import type { EmulatedLink } from "../../emulator/index.ts";
import type { LinkParameters } from "../../physics/index.ts";

/**
 * Starts one site of an emulated link in this process, with the files of a trial below `root`. It expects `link` of the link and
 * makes blocks of a million bits, unless `more` says otherwise.
 */
export async function openSite(
  root: string,
  name: "alice" | "bob",
  { addresses }: EmulatedLink,
  link: LinkParameters & { readonly clockHz: number },
  more: Partial<ControllerOptions>,
) {
  const { tcp, modbusTcp } = addresses[name];
  const transceiver = await openTransceiver(tcp ?? "", { telemetry: modbusTcp ?? "" });
  const pem = (file: string) => readFileSync(join(root, file), "utf8");
  const site = await createController({
    transceiver,
    credentials: {
      certificate: pem(`kme-${name}.pem`),
      privateKey: pem(`kme-${name}.key`),
      authority: pem("ca.pem"),
    },
    secret: more.secret ?? readLinkSecretFile(join(root, name, "link.secret")),
    store: join(root, name, "keys.db"),
    keyFile: join(root, name, "store.kek"),
    distillation: {
      link,
      blockBits: 1_000_000,
      epsilonSecrecy: 1e-10,
      epsilonCorrectness: 1e-15,
      maxLeakFraction: 1,
    },
    keyExchange: { detectionsPerFrame: 131_072 },
    ...more,
  });
  return { site, transceiver };
}
