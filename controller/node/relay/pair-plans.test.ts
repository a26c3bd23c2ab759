import { expect, it } from "vitest";
import { SecretBytes } from "../../../protocol/index.ts";
import type { Network } from "../network/network.ts";
import { pairPlans, samePair } from "./pair-plans.ts";

const identity = { commonName: "x" };
const network = (addresses: readonly string[], policies: Network["policies"] = {}): Network => ({
  network: "line",
  nodes: Object.fromEntries(
    ["a", "b", "c"].map((node) => [
      node,
      {
        kme: node,
        fingerprint: node,
        ...(addresses.includes(node) ? { address: `tls://${node}:1` } : {}),
      },
    ]),
  ),
  links: [],
  saes: Object.keys(policies).map((policy) => ({ id: policy, node: "c", identity, policy })),
  policies,
});
const secret = (byte = 1) => ({ secret: new SecretBytes(new Uint8Array(64).fill(byte)) });
const planOf = (of: Network, node: string, other: string) => pairPlans(of, node, { [other]: secret() })[0]!;

it("are named alike at both nodes, and the smaller name proposes", () => {
  const [one, other] = [planOf(network(["a"]), "a", "c"), planOf(network(["a"]), "c", "a")];
  expect([one.pairId, one.end, other.pairId, other.end]).toEqual(["a~c", "proposer", "a~c", "acceptor"]);
});

it.each([
  [["a", "c"], null, "tls://a:1"],
  [["a"], null, "tls://a:1"],
  [["c"], "tls://c:1", null],
])("with addresses of %j one end dials and the other waits", (addresses, proposer, acceptor) => {
  const of = network(addresses);
  expect([planOf(of, "a", "c").connect, planOf(of, "c", "a").connect]).toEqual([proposer, acceptor]);
});

it("keep to the strictest policy that takes relayed keys", () => {
  const of = network(["a"], {
    near: { mode: "qkd-only", maxHops: 1 },
    pqc: { mode: "pqc-only", maxHops: 2 },
    far: { mode: "prefer-qkd", maxHops: 4 },
    split: { mode: "qkd-only", shares: 2 },
  });
  expect(planOf(of, "a", "c")).toMatchObject({ maxHops: 4, shares: 2 });
  expect(planOf(network(["a"]), "a", "c")).toMatchObject({ maxHops: 6, shares: 1 });
});

it("go on while nothing of them changes, and begin anew under another secret", () => {
  const plan = planOf(network(["a"]), "a", "c");
  expect(samePair(plan, planOf(network(["a"]), "a", "c"))).toBe(true);
  expect(samePair(plan, { ...plan, ...secret(2) })).toBe(false);
  expect(samePair(plan, { ...plan, maxHops: 3 })).toBe(false);
});
