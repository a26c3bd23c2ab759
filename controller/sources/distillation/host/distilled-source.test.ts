import { Subject } from "rxjs";
import { expect, it } from "vitest";
import { KeyStoreError } from "../../../../errors/index.ts";
import { SecretBytes } from "../../../../protocol/index.ts";
import type { AttemptCost } from "../../../pool/key-pool.ts";
import type { BlockReport } from "../block-report.ts";
import type { DroppedBlock } from "../engine-io.ts";
import type { ConnectedDistillation } from "./create-distillation.ts";
import type { DistilledBlock } from "./distillation.ts";
import { DistilledSource } from "./distilled-source.ts";

const cost = (secrecy: number) => ({ secrecy, correctness: 0, authentication: 0 });

function source(
  offer: () => Promise<boolean>,
  withheld: string | null = null,
  charge: () => Promise<void> = async () => {},
) {
  const blocks$ = new Subject<DistilledBlock>();
  const aborted$ = new Subject<BlockReport>();
  const dropped$ = new Subject<DroppedBlock>();
  const charged: AttemptCost[] = [];
  const failures: unknown[] = [];
  const allowed: number[] = [];
  const allow = (attempts: number) => void allowed.push(attempts);
  const distillation = { blocks$, aborted$, dropped$, allow } as unknown as ConnectedDistillation;
  const made = new DistilledSource(distillation, {
    offer,
    withholds: () => withheld,
    charge: async (attempt) => {
      await charge();
      charged.push(attempt);
    },
    attempts: async (ended) => ended + 2,
    failed: (error) => failures.push(error),
  });
  const reports: BlockReport[] = [];
  made.reports$.subscribe((report) => reports.push(report));
  const key = new SecretBytes(new Uint8Array(64).fill(1));
  const finish = () =>
    blocks$.next({
      block: { key } as DistilledBlock["block"],
      report: { epsilon: cost(3), secretBits: 512, aborted: null } as BlockReport,
    });
  return { aborted$, dropped$, allowed, charged, failures, finish, reports, key };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

it("charges each attempt that stored no block, once, and leaves the stored ones to the store", async () => {
  const stored = source(async () => true);
  stored.finish();
  await settled();
  expect([stored.charged, stored.failures]).toEqual([[], []]);

  const refused = source(async () => false);
  refused.finish();
  const error = new KeyStoreError("QKD_KEYSTORE_FULL", "full");
  const failed = source(() => Promise.reject(error));
  failed.finish();
  await settled();
  expect(refused.charged).toEqual([{ epsilon: cost(3), padsSpent: true }]);
  expect([failed.charged, failed.failures]).toEqual([[{ epsilon: cost(3), padsSpent: true }], [error]]);

  const lost = source(async () => true);
  lost.aborted$.next({ epsilon: cost(5) } as BlockReport);
  lost.dropped$.next({ sequence: 1, reason: "gone", epsilon: cost(6), padsSpent: false });
  await settled();
  expect(lost.charged).toEqual([
    { epsilon: cost(5), padsSpent: true },
    { epsilon: cost(6), padsSpent: false },
  ]);
});

it("lets as many more begin as are in the ledger: an attempt that cannot be entered keeps its place", async () => {
  const { aborted$, dropped$, finish, allowed } = source(async () => true);
  finish();
  await settled();
  expect(allowed).toEqual([3]);
  aborted$.next({ epsilon: cost(5) } as BlockReport);
  dropped$.next({ sequence: 1, reason: "gone", epsilon: cost(6), padsSpent: false });
  await settled();
  expect(allowed).toEqual([3, 4, 5]);

  const full = source(
    async () => false,
    null,
    () => Promise.reject(new KeyStoreError("QKD_KEYSTORE_FULL", "full")),
  );
  full.finish();
  await settled();
  expect([full.allowed, full.failures.length]).toEqual([[], 1]);
});

it("withholds a block for the reason that is told: it is offered to nobody, wiped, and charged", async () => {
  let offered = 0;
  const suspect = source(async () => {
    offered += 1;
    return true;
  }, "a reason");
  suspect.finish();
  await settled();
  expect(offered).toBe(0);
  expect(suspect.reports).toMatchObject([{ secretBits: 0, aborted: "a reason" }]);
  expect(suspect.charged).toHaveLength(1);
  expect(suspect.key.reveal().every((byte) => byte === 0)).toBe(true);
});
