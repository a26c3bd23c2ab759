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
  });
  expect(await metrics.text()).toContain('qkd_link_qber_ratio{basis="z",link="l"} 0.02');
  health.qberZ = null;
  expect(await metrics.text()).not.toContain("qkd_link_qber_ratio{");
});
