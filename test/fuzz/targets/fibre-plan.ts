import { readFileSync } from "node:fs";
import { parseFibrePlan } from "../../../cli/plan/fibre-plan-file.ts";
import { plannedLink } from "../../../cli/plan/plan-options.ts";
import { planReport } from "../../../cli/plan/plan-report.ts";
import type { FuzzTarget } from "../fuzz-target.ts";

const PAGE = new URL("../../../docs/COMMISSIONING.md", import.meta.url);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Plans of links, as YAML or JSON. What is accepted can be planned, whatever it says. */
export const target: FuzzTarget = {
  seeds: () => [
    text(/## The fibre plan\n\n```yaml\n([\s\S]*?)```/.exec(readFileSync(PAGE, "utf8"))?.[1] ?? ""),
    text('{"fibre":{"spans":[{"name":"A","lengthKm":0,"lossDb":90}],"connectors":[{"name":"P"}]}}'),
    text("preset: mu-oband\nfibre: { band: '1310', spans: [{ name: A, lengthKm: 0.1, lossDb: 9 }] }"),
    text("channels:\n  - { name: c, wavelengthNm: 1565, direction: backward, launchDbm: 20 }"),
  ],
  run: (input) => {
    const { plan } = parseFibrePlan(Buffer.from(input).toString("utf8"), "plan.yaml");
    if (plan !== null) planReport(plannedLink({}, plan));
  },
};
