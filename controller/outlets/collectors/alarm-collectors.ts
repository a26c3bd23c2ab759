import type { Observable, Subscription } from "rxjs";
import type { AlarmView } from "../api/index.ts";
import type { Notice, Teller } from "../notices/notice.ts";
import { type AlarmOptions, checkAlarms, DEFAULT_ENTERPRISE } from "./alarm-options.ts";
import type { Collector, CollectorNews } from "./collector-connection.ts";
import { Forwarder } from "./forwarder.ts";
import { snmpCollector } from "./snmp-collector.ts";
import { syslogCollector } from "./syslog-collector.ts";

/** What alarms do, as the watch of a site tells it. */
export interface AlarmSource {
  readonly linkId: string;
  readonly node: string;
  readonly changes$: Observable<{
    readonly atMs: number;
    readonly state: "raised" | "cleared" | "acknowledged";
    readonly alarm: AlarmView;
  }>;
  /** Those that are present now. */
  readonly present: readonly AlarmView[];
  readonly now: () => number;
}

/** Tells every alarm of a site to its collectors, each at its own pace. */
export class AlarmCollectors {
  readonly #source: AlarmSource;
  readonly #forwarders: readonly Forwarder[];
  readonly #subscription: Subscription;
  #sequence = 0;
  #closing: Promise<void> | null = null;

  /** ConfigError for options that are impossible. */
  constructor(options: AlarmOptions, source: AlarmSource, told: (news: CollectorNews) => void) {
    this.#source = source;
    this.#forwarders = collectorsOf(options, source).map((collector) => new Forwarder(collector, told));
    this.#subscription = source.changes$.subscribe((change) => this.#add({ type: "alarm", ...change }));
    this.#add({ type: "site", state: "started", atMs: source.now() });
    for (const alarm of source.present)
      this.#add({ type: "alarm", state: "raised", atMs: alarm.raisedAtMs, alarm });
  }

  get counts(): readonly Forwarder["counts"][] {
    return this.#forwarders.map(({ counts }) => counts);
  }

  /**
   * Certificates, secrets and addresses from now on; connections begin anew and what waits goes there. ConfigError, and
   * nothing changed, for options that are impossible or name other collectors than before.
   */
  renew(options: AlarmOptions): void {
    const collectors = collectorsOf(options, this.#source);
    for (const forwarder of this.#forwarders) {
      const collector = collectors.find(({ outlet }) => outlet === forwarder.counts.outlet);
      if (collector !== undefined) forwarder.renew(collector);
    }
  }

  /** Tells that the site stops, and what is still to be told, within two seconds. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#subscription.unsubscribe();
    this.#add({ type: "site", state: "stopping", atMs: this.#source.now() });
    await Promise.all(this.#forwarders.map((forwarder) => forwarder.close()));
  }

  #add(told: Unnumbered): void {
    this.#sequence = this.#sequence >= 2_147_483_647 ? 1 : this.#sequence + 1;
    for (const forwarder of this.#forwarders) forwarder.add({ ...told, sequence: this.#sequence });
  }
}

type Unnumbered = Notice extends infer One ? (One extends Notice ? Omit<One, "sequence"> : never) : never;

function collectorsOf(options: AlarmOptions, { linkId, node }: AlarmSource): readonly Collector[] {
  checkAlarms(options);
  const teller: Teller = { linkId, node, enterprise: options.enterprise ?? DEFAULT_ENTERPRISE };
  return [
    ...(options.syslog === undefined ? [] : [syslogCollector(options.syslog, teller)]),
    ...(options.snmp === undefined ? [] : [snmpCollector(options.snmp, teller)]),
  ];
}
