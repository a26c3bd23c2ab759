import type { KpiBin, KpiView } from "../../controller/outlets/api/index.ts";
import { clockMinutes, duration, fixed, measured, THIN, three } from "../words/format.ts";

const SHOWN = 6;
const CAUSES: Readonly<Record<string, string>> = {
  linkDown: "no light",
  qberTooHigh: "errors",
  eavesdropperSuspected: "Eve suspected",
  peerUnreachable: "other site",
};

/** Key figures of the last day and the newest bins. */
export function LedgerCard({ ledger }: { readonly ledger: KpiView | null }) {
  const bins = ledger?.bins ?? [];
  const sum = (value: (bin: KpiBin) => number) => bins.reduce((total, bin) => total + value(bin), 0);
  const watchedS = sum(({ watchedS }) => watchedS);
  const bits = sum(({ secretBits }) => secretBits);
  const [rate, unit] = measured(watchedS === 0 ? 0 : bits / watchedS, "b/s");
  const share = (seconds: number) => (watchedS === 0 ? "–" : fixed((100 * seconds) / watchedS));
  const down = downByCause(bins);
  return (
    <section class="card c5 wide o6 nowall" aria-label="Ledger">
      <div class="h">
        <h2>Ledger</h2>
        <span class="s">
          24 h, bins of 15 min{ledger?.unkept == null ? "" : `; not kept on disk: ${ledger.unkept}`}
        </span>
        <span class="sp" />
        <span class="s">
          <a href="/api/v1/kpi.csv?bins=quarter">CSV, 31 days</a>,{" "}
          <a href="/api/v1/kpi.csv?bins=day">2 years</a>
        </span>
      </div>
      <dl class="kpi">
        <div>
          <dt>Mean key rate</dt>
          <dd>
            {rate}
            <small>{THIN + unit}</small>
          </dd>
        </div>
        <div>
          <dt>Uptime</dt>
          <dd>
            {share(sum(({ uptimeS }) => uptimeS))}
            <small>{THIN}%</small>
          </dd>
        </div>
        <div>
          <dt>QBER in limit</dt>
          <dd>
            {share(watchedS - sum(({ qberOverS }) => qberOverS))}
            <small>{THIN}%</small>
          </dd>
        </div>
        <div>
          <dt>Down, by cause</dt>
          <dd>{down === null ? `0${THIN}s` : duration(1000 * down.seconds)}</dd>
          {down === null ? null : <dd class="s">{CAUSES[down.cause] ?? down.cause}</dd>}
        </div>
      </dl>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section class="scroll" tabIndex={0} aria-label="Ledger table">
        <table>
          <thead>
            <tr>
              <th scope="col">Bin, UTC</th>
              <th scope="col" class="num">
                kb/s
              </th>
              <th scope="col" class="num">
                QBER Z mean, max
              </th>
              <th scope="col" class="num hideS">
                Loss, dB
              </th>
              <th scope="col" class="num">
                No key, s
              </th>
              <th scope="col" class="num hideS">
                Fallback, s
              </th>
              <th scope="col" class="num hideS">
                <abbr title="errored, severely errored, unavailable seconds">ES, SES, UAS</abbr>
              </th>
            </tr>
          </thead>
          <tbody>
            {bins
              .slice(-SHOWN)
              .toReversed()
              .map((bin, index) => (
                <Row key={bin.startMs} bin={bin} running={index === 0} />
              ))}
          </tbody>
        </table>
      </section>
      <p class="s">* running bin</p>
    </section>
  );
}

function Row({ bin, running }: { readonly bin: KpiBin; readonly running: boolean }) {
  const { startMs, skrBps, qberZ, lossDb, noKeyS, fallbackS, es, ses, uas } = bin;
  return (
    <tr>
      <td>
        {clockMinutes(startMs)}
        {running ? "*" : ""}
      </td>
      <td class="num">{three(skrBps / 1000)}</td>
      <td class="num">
        {qberZ.mean === null ? "no reading" : `${fixed(100 * qberZ.mean)}, ${fixed(100 * (qberZ.max ?? 0))}`}
      </td>
      <td class="num hideS">{lossDb === null ? "no reading" : fixed(lossDb)}</td>
      <td class="num">{noKeyS}</td>
      <td class="num hideS">{fallbackS}</td>
      <td class="num hideS">{`${es}, ${ses}, ${uas}`}</td>
    </tr>
  );
}

/** The cause that took most of the time, with the time of all. */
function downByCause(bins: readonly KpiBin[]): { readonly cause: string; readonly seconds: number } | null {
  const sums = new Map<string, number>();
  for (const { downS } of bins)
    for (const [cause, s] of Object.entries(downS)) sums.set(cause, (sums.get(cause) ?? 0) + s);
  const [largest] = [...sums].toSorted(([, a], [, b]) => b - a);
  if (largest === undefined) return null;
  return { cause: largest[0], seconds: [...sums.values()].reduce((a, b) => a + b, 0) };
}
