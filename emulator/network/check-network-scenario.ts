import { nearestName } from "../../options/index.ts";
import { formerNameHint } from "../happenings/former-names.ts";
import { TIMELINE_HAPPENINGS } from "../happenings/timeline-happenings.ts";
import { type ScenarioSource, scenarioError } from "../scenario/scenario-source.ts";
import type { FieldPath } from "../schema/complaint.ts";
import { secondsOf } from "../schema/duration.ts";
import { schemaCheck } from "../schema/schema-check.ts";
import type { CheckedNetwork, NetworkScenario, NetworkScenarioLink } from "./network-scenario.ts";
import { NETWORK_EVENTS, NETWORK_SCENARIO_SCHEMA } from "./network-scenario-schema.ts";

const DEFAULTS = { seed: 1, preset: "yuan2018", clockHz: 5e6, blockBits: 1_000_000 } as const;

const check = schemaCheck(NETWORK_SCENARIO_SCHEMA, {
  events: [...NETWORK_EVENTS, ...Object.keys(TIMELINE_HAPPENINGS)],
  otherwise: formerNameHint,
});

/**
 * Holds data against the form of a network's scenario and against itself, and fills in its defaults. `change` takes the
 * place of what it says.
 * @throws ConfigError QKD_SCENARIO_INVALID naming file, line, field, value and what is allowed.
 */
export function checkNetworkScenario(
  value: unknown,
  source: ScenarioSource,
  change: Partial<NetworkScenario> = {},
): CheckedNetwork {
  for (const given of [value, Object.keys(change).length === 0 ? value : { ...Object(value), ...change }]) {
    const complaint = check(given);
    if (complaint !== undefined) throw scenarioError(source, complaint);
  }
  const scenario = { ...(value as NetworkScenario), ...change };
  const preset = scenario.preset ?? DEFAULTS.preset;
  const links = scenario.links.map((link) => ({
    id: `${link.ends[0]}-${link.ends[1]}`,
    qtx: link.ends[0],
    preset,
    ...link,
  }));
  const names = new Names(scenario, links, source);
  names.ofLinks();
  names.ofDemand();
  names.ofTimeline();
  return {
    ...DEFAULTS,
    policy: { mode: "prefer-qkd" },
    sources: [],
    demand: [],
    timeline: [],
    ...scenario,
    links,
  };
}

/** What the parts of a scenario say of each other. */
class Names {
  readonly #scenario: NetworkScenario;
  readonly #links: readonly NetworkScenarioLink[];
  readonly #source: ScenarioSource;

  constructor(scenario: NetworkScenario, links: readonly NetworkScenarioLink[], source: ScenarioSource) {
    this.#scenario = scenario;
    this.#links = links;
    this.#source = source;
  }

  ofLinks(): void {
    const ids = new Set<string>();
    const pairs = new Set<string>();
    for (const [index, { id, ends, qtx }] of this.#links.entries()) {
      const path = ["links", index];
      for (const [place, end] of ends.entries()) this.#node([...path, "ends", place], end);
      if (ends[0] === ends[1]) this.#wrong([...path, "ends"], `names ${ends[0]} twice`);
      if (!ends.includes(qtx))
        this.#wrong([...path, "qtx"], `is ${qtx}`, `one of the ends, ${ends.join(" or ")}`);
      if (ids.has(id)) this.#wrong([...path, "id"], `is ${id}, which another link has`);
      const pair = ends.toSorted().join(" ");
      if (pairs.has(pair)) this.#wrong([...path, "ends"], "joins nodes that another link joins");
      ids.add(id);
      pairs.add(pair);
    }
    for (const node of this.#scenario.nodes)
      if (!this.#links.some(({ ends }) => ends.includes(node)))
        this.#wrong(["nodes"], `holds ${node}, which has no link`);
  }

  ofDemand(): void {
    for (const [index, { over, from, to, rekey }] of (this.#scenario.demand ?? []).entries()) {
      const path = ["demand", index];
      for (const [list, names] of Object.entries({ from, to }))
        for (const [place, name] of (names ?? []).entries()) this.#node([...path, list, place], name);
      if ((over === undefined) === (to === undefined))
        this.#wrong([...path, over === undefined ? "to" : "over"], "does not say between whom", "over or to");
      if (over !== undefined && from !== undefined)
        this.#wrong([...path, "from"], "stands beside over", "over alone, or from and to");
      if (!((secondsOf(rekey) ?? 0) > 0)) this.#wrong([...path, "rekey"], `is ${rekey}`, "more than no time");
    }
  }

  ofTimeline(): void {
    const ids = this.#links.map(({ id }) => id);
    for (const [index, event] of (this.#scenario.timeline ?? []).entries()) {
      const path = ["timeline", index];
      if ("node" in event) this.#node([...path, "node"], event.node);
      if ("link" in event) this.#known([...path, "link"], event.link, ids, "link");
      if (event.event === "seededCuts" && event.count > ids.length)
        this.#wrong([...path, "count"], `is ${event.count}`, `at most the ${ids.length} links`);
    }
  }

  #node(path: FieldPath, name: string): void {
    this.#known(path, name, this.#scenario.nodes, "node");
  }

  #known(path: FieldPath, name: string, known: readonly string[], kind: string): void {
    if (known.includes(name)) return;
    const nearest = nearestName(name, known);
    const meant = nearest === null ? "" : ` (did you mean ${nearest}?)`;
    this.#wrong(path, `is ${name}, which is no ${kind} of the scenario${meant}`);
  }

  #wrong(path: FieldPath, says: string, allowed?: string): never {
    throw scenarioError(this.#source, { path, says, ...(allowed === undefined ? {} : { allowed }) });
  }
}
