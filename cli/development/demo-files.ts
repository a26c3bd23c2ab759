export const SITES = ["alice", "bob"] as const;

/** Names of the demo's applications: one SAE at each site. */
export const DEMO_SAE = { alice: "sae-alice", bob: "sae-bob" } as const;

const IDENTITIES = ["kme-alice", "kme-bob", DEMO_SAE.alice, DEMO_SAE.bob, "sae-stranger"];
const KEPT = [".ledger.json", ".kpi.jsonl", ".alarms.json"].flatMap((end) => [end, `${end}.new`]);
const STORE = ["", "-wal", "-shm", "-journal", ".anchor", ...KEPT];

/** Every file that a demo, or a site that it runs, makes in its folder. */
export const DEMO_FILES: readonly string[] = [
  "ca.pem",
  ...IDENTITIES.flatMap((name) => [`${name}.pem`, `${name}.key`]),
  ...SITES.flatMap((site) =>
    ["link.secret", "store.kek", "site.json", "keys.root", ...STORE.map((end) => `keys.db${end}`)].map(
      (name) => `${site}/${name}`,
    ),
  ),
];
