import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { SiteMetrics } from "../../controller/outlets/metrics/site-metrics.ts";

const file = (name: string) => readFileSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), "utf8");
/** Names of metrics in an expression of PromQL. */
const metricsOf = (text: string) => text.match(/\bqkd_[a-z_]+/g) ?? [];

interface Board {
  readonly uid: string;
  readonly panels: readonly { readonly id: number; readonly targets: readonly { readonly expr: string }[] }[];
}

const STORE = {
  store: () => ({
    generation: 3,
    reserve: { own: 96, peer: 64 },
    commits: { counts: [1, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2], sumS: 24.5 },
  }),
  collectors: () => [{ outlet: "syslog", reached: true, waiting: 0, sent: 2 }],
};

const offered = async () => {
  const live = {
    health: {
      atMs: 2000,
      level: "up",
      qberZ: 0.02,
      qberX: 0.02,
      madeBps: 1,
      lossDb: 7,
      lastKeyAtMs: 1000,
      fallback: { engaged: true, reason: "operator" },
      peer: { state: "up" },
    },
    pool: { stocks: [{ origin: "qkd", ownBits: 1, peerBits: 1 }], lastsS: 3 },
    alarms: { alarms: [] },
  };
  const metrics = new SiteMetrics({
    linkId: "link",
    live: () => live as never,
    usage: () => null,
    streams: () => ({ open: 0, lost: 0 }),
    ...STORE,
  });
  const text = await metrics.text();
  const names = [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].flatMap(([, name = "", type]) =>
    type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
  return { text, names: new Set(names) };
};

it("every metric of the board, of the alert rules and of the documents exists", async () => {
  const { names } = await offered();
  const board = JSON.parse(file("deploy/grafana-board.json")) as Board;
  const { groups } = parse(file("deploy/prometheus-rules.yaml")) as {
    readonly groups: readonly {
      readonly rules: readonly { readonly alert: string; readonly expr: string }[];
    }[];
  };
  const asked = [
    ...board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ...groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
    ...[...file("docs/DASHBOARD.md").matchAll(/^\| `(qkd_[a-z_]+)/gm)].map(([, name = ""]) => name),
  ];
  const unknown = asked.flatMap(metricsOf).filter((name) => !names.has(name) && !names.has(`${name}_bucket`));
  expect(unknown).toEqual([]);
  expect(asked.filter((expr) => metricsOf(expr).length > 0).length).toBeGreaterThan(30);
  expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
});

it("every metric that exists is in the documents", async () => {
  const { names } = await offered();
  const documented = new Set(metricsOf(file("docs/DASHBOARD.md")));
  const plain = [...names].map((name) => name.replace(/_(bucket|sum|count)$/, ""));
  expect(plain.filter((name) => !documented.has(name))).toEqual([]);
});

it("what was not read is told as nothing, not as its last value", async () => {
  const health = {
    atMs: 0,
    level: "down",
    qberZ: 0.02 as number | null,
    qberX: null,
    madeBps: null,
    lossDb: null,
    lastKeyAtMs: null,
  };
  const live = () => ({
    health: { ...health, fallback: { engaged: false }, peer: { state: "up" } },
    pool: { stocks: [], lastsS: null },
    alarms: { alarms: [] },
  });
  const metrics = new SiteMetrics({
    linkId: "l",
    live: live as never,
    usage: () => null,
    streams: () => ({ open: 0, lost: 0 }),
    ...STORE,
  });
  expect(await metrics.text()).toContain('qkd_link_qber_ratio{basis="z",link="l"} 0.02');
  health.qberZ = null;
  expect(await metrics.text()).not.toContain("qkd_link_qber_ratio{");
});

it("tells the durations that the store counted as a histogram of Prometheus", async () => {
  const { text } = await offered();
  const lines = text.split("\n").filter((line) => line.startsWith("qkd_store_commit_seconds"));
  expect(lines.slice(0, 3)).toEqual([
    'qkd_store_commit_seconds_bucket{le="0.0005",link="link"} 1',
    'qkd_store_commit_seconds_bucket{le="0.001",link="link"} 5',
    'qkd_store_commit_seconds_bucket{le="0.002",link="link"} 5',
  ]);
  expect(lines.slice(-3)).toEqual([
    'qkd_store_commit_seconds_bucket{le="+Inf",link="link"} 7',
    'qkd_store_commit_seconds_sum{link="link"} 24.5',
    'qkd_store_commit_seconds_count{link="link"} 7',
  ]);
  expect(text).toContain('qkd_auth_reserve_bytes{direction="peer",link="link"} 64');
  expect(text).toContain('qkd_store_generation{link="link"} 3');
});
