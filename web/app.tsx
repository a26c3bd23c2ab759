import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { LiveView, SiteView } from "../controller/outlets/api/index.ts";
import {
  type ChartProps,
  CountsChart,
  LossChart,
  PoolChart,
  QberChart,
  RateChart,
} from "./charts/half-hour-charts.tsx";
import { Feed } from "./feed/feed.ts";
import { EMPTY_PAGE, type PageState, STALE_MS } from "./feed/page-state.ts";
import { AlarmsCard } from "./parts/alarms-card.tsx";
import { AnswerCard } from "./parts/answer-card.tsx";
import { DayCard } from "./parts/day-card.tsx";
import { DemoBar } from "./parts/demo-bar.tsx";
import { EventsCard } from "./parts/events-card.tsx";
import { ExplainCard } from "./parts/explain-card.tsx";
import { Header } from "./parts/header.tsx";
import { LedgerCard } from "./parts/ledger-card.tsx";
import { LinkCard } from "./parts/link-card.tsx";
import { Locked } from "./parts/locked.tsx";
import { Patterns } from "./parts/patterns.tsx";
import { SaeCard } from "./parts/sae-card.tsx";
import { TemperaturesCard } from "./parts/temperatures-card.tsx";
import { useLook } from "./parts/use-look.ts";
import { conditionOf } from "./words/condition.ts";

/** Which part of a site an address means. */
type Part = "site" | "link" | "pair" | "nothing";

/** The whole page. */
export function App() {
  const [state, setState] = useState<PageState>(EMPTY_PAGE);
  const [, setTick] = useState(0);
  const feed = useMemo(
    () =>
      new Feed((next) => {
        setState(next);
        // The same state grows old, too.
        setTick((tick) => tick + 1);
      }),
    [],
  );
  const [look, setLook] = useLook();
  const { site, live, heardMs, locked } = state;
  if (locked) return <Locked unlock={(token) => feed.unlock(token)} />;
  if (site === null || live === null || heardMs === null)
    return (
      <main>
        <p class="card c12" role="status">
          Asking the site…
        </p>
      </main>
    );
  const silentMs = performance.now() - heardMs;
  return (
    <Shown
      state={state}
      feed={feed}
      look={look}
      setLook={setLook}
      site={site}
      live={live}
      silentMs={silentMs}
    />
  );
}

interface ShownProps {
  readonly state: PageState;
  readonly feed: Feed;
  readonly look: ReturnType<typeof useLook>[0];
  readonly setLook: ReturnType<typeof useLook>[1];
  readonly site: SiteView;
  readonly live: LiveView;
  readonly silentMs: number;
}

function Shown({ state, feed, look, setLook, site, live, silentMs }: ShownProps) {
  const stale = silentMs > STALE_MS;
  const nowMs = live.health.atMs + silentMs;
  const condition = conditionOf(site, live, stale ? live.health.atMs : null);
  const part = partOf(site);
  const lastLoss = useLastLoss(live);
  const wall = look.view === "wall";
  const { points, events, quarters, explanation } = state;
  useEffect(() => {
    document.title = `${condition.word}: ${condition.answer}, ${site.linkId} at ${site.node}`;
  }, [condition.word, condition.answer, site]);
  const chart: ChartProps = {
    site,
    live,
    points,
    events,
    stale,
    nowMs,
    wall,
    look: look.colours + look.dark,
  };
  const act = feed.mayAct ? (path: string) => feed.act(path) : null;
  const link = part === "site" || part === "link";
  const pair = part === "site" || part === "pair";
  return (
    <>
      <a class="skip" href="#alarms">
        Skip to alarms
      </a>
      <Patterns />
      <Header
        site={site}
        live={live}
        silentMs={silentMs}
        stale={stale}
        nowMs={nowMs}
        look={look}
        setLook={setLook}
      />
      <div class="vh" role="status">
        {`${condition.word}. ${condition.answer}. ${condition.why}`}
      </div>
      <main class={stale ? "stale" : ""}>
        {part === "nothing" ? (
          <p class="card c12">
            There is no such link and no such node at this site. <a href="/">To the site</a>
          </p>
        ) : null}
        <AnswerCard site={site} live={live} condition={condition} />
        {link ? <LinkCard site={site} live={live} stale={stale} lastLossDb={lastLoss} /> : null}
        {link ? <QberChart {...chart} /> : null}
        <RateChart {...chart} />
        {link ? <LossChart {...chart} /> : null}
        {link && site.site === "bob" ? <CountsChart {...chart} /> : null}
        {link ? <TemperaturesCard site={site} live={live} stale={stale} /> : null}
        <PoolChart {...chart} />
        <div class={`stack wide ${explanation === null ? "c12" : "c8"}`}>
          <AlarmsCard
            alarms={live.alarms}
            stale={stale}
            act={act === null ? null : (path) => void act(path)}
          />
          <DayCard
            bins={quarters?.bins ?? []}
            nowMs={nowMs}
            columns={wall ? bandOnWall(site, explanation !== null) : null}
          />
        </div>
        {explanation === null || !link ? null : <ExplainCard explanation={explanation} />}
        <LedgerCard ledger={quarters} />
        {pair ? <SaeCard delivery={live.delivery} /> : null}
        <EventsCard events={events} />
        {site.actions.length === 0 ? null : <DemoBar actions={site.actions} act={act} />}
      </main>
    </>
  );
}

/** What the other cards leave of the wall's last row: charts come before, events after. */
function bandOnWall({ site }: SiteView, explained: boolean): string {
  const charts = (site === "bob" ? 5 : 4) - (explained ? 3 : 4);
  return `${1 + 3 * charts} / span ${9 - 3 * charts}`;
}

function partOf({ links, pairs }: SiteView): Part {
  const [, kind, name = ""] = location.pathname.split("/");
  if (kind === "links") return links.includes(decodeURIComponent(name)) ? "link" : "nothing";
  if (kind === "pairs") return pairs.includes(decodeURIComponent(name)) ? "pair" : "nothing";
  return "site";
}

/** The last loss that was read, for when none is. */
function useLastLoss({ health }: LiveView) {
  const last = useRef<{ readonly atMs: number; readonly lossDb: number } | null>(null);
  if (health.lossDb !== null) last.current = { atMs: health.atMs, lossDb: health.lossDb };
  return last.current;
}
