import type { Metric, Registry } from "prom-client";

/** Counts by upper bound, each for itself; the last for what lies beyond all bounds. */
export interface CountedBins {
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Registers a histogram whose counts are kept elsewhere; absent where `read` gives null. */
export function countedHistogram(
  registry: Registry,
  {
    name,
    help,
    bounds,
  }: { readonly name: string; readonly help: string; readonly bounds: readonly number[] },
  read: () => CountedBins | null,
): void {
  const values = () => {
    const bins = read();
    if (bins === null) return [];
    let below = 0;
    const buckets = [...bounds, "+Inf"].map((le, index) => {
      below += bins.counts[index] ?? 0;
      return { labels: { le }, value: below, metricName: `${name}_bucket` };
    });
    return [
      ...buckets,
      { labels: {}, value: bins.sum, metricName: `${name}_sum` },
      { labels: {}, value: below, metricName: `${name}_count` },
    ];
  };
  const metric = {
    name,
    help,
    type: "histogram",
    aggregator: "sum",
    get: async () => ({ name, help, type: "histogram", aggregator: "sum", values: values() }),
    reset: () => {},
  };
  // The registry asks no more of a metric than this; its type names the classes that count by themselves.
  registry.registerMetric(metric as unknown as Metric);
}
