import { client, type TestCertificate, twoSites } from "../../integration/delivery-sites.ts";
import type { FuzzTarget } from "../fuzz-target.ts";

/** Statuses that ETSI GS QKD 014 and our own answers know. */
const STATUSES: readonly number[] = [200, 400, 401, 413, 503];

type Site = Awaited<ReturnType<typeof twoSites>>;
interface Open {
  readonly sites: Site;
  readonly caller: ReturnType<typeof client>;
}

let opened: Promise<Open> | null = null;

async function open(): Promise<Open> {
  const sites = await twoSites();
  await sites.pools.fill(1 << 16);
  const sae: TestCertificate = await sites.authority.issue("sae-a");
  return { sites, caller: client(sites.alice.url, sites.authority.ca, sae) };
}

const text = (value: unknown): Uint8Array => new TextEncoder().encode(`0${JSON.stringify(value)}`);

/** Bodies of the key delivery over a real connection; the first byte of an input chooses the call. */
export const target: FuzzTarget = {
  seeds: () => [
    text({ number: 2, size: 256 }),
    text({ number: 1, size: 128, additional_slave_SAE_IDs: [] }),
    text({ extension_mandatory: [{ qkdlink_origin: "qkd" }], extension_optional: [{ other: 1 }] }),
    text({ qkdlink_accept_pqc: true, qkdlink_origin: "pqc" }),
    new TextEncoder().encode('1{"key_IDs":[{"key_ID":"bc490419-7d60-487f-adc1-4ddcc177c139"}]}'),
    new TextEncoder().encode("1{}"),
  ],
  run: async (input) => {
    opened ??= open();
    const { caller } = await opened;
    const route = ((input[0] ?? 0) & 1) === 0 ? "enc_keys" : "dec_keys";
    const body = Buffer.from(input.subarray(1)).toString("utf8");
    const answer = await caller.post(`/api/v1/keys/sae-b/${route}`, body);
    if (!STATUSES.includes(answer.status)) throw new Error(`the delivery answers with ${answer.status}`);
    if (typeof answer.body !== "object") throw new Error("the delivery answers with no JSON object");
    if (answer.body.message === "internal error of the KME")
      throw new Error("a body makes the delivery fail within");
  },
  close: async () => {
    const { sites, caller } = (await opened) ?? {};
    opened = null;
    caller?.close();
    await sites?.close();
  },
};
