import type { LiveView, SiteView } from "../../controller/outlets/api/index.ts";
import type { Condition } from "../words/condition.ts";
import { rates } from "../words/condition.ts";
import { alarmTitle, duration, fixed, percent, THIN, three } from "../words/format.ts";
import { Mark, Status } from "./status.tsx";

interface Props {
  readonly site: SiteView;
  readonly live: LiveView;
  readonly condition: Condition;
}

/** Are keys flowing, of which kind, how long will they last? */
export function AnswerCard({ site, live, condition }: Props) {
  const { standing, word, answer, why, lasts, lastsNote } = condition;
  return (
    <section class={`card ans c12 o1 is-${standing}`} aria-label="Are keys flowing?">
      <div>
        <span class={`st ${standing}`}>{word}</span>
        <p class="k">
          <span class={standing}>
            <Mark shape={standing} />
          </span>
          <span data-answer={condition.keys}>{answer}</span>
        </p>
        <p class="why">{why}</p>
      </div>
      <div>
        <span class="lab">Keys last</span>
        <p class="big">
          {lasts.map((part, index) =>
            index % 2 === 0 ? `${index > 0 ? " " : ""}${part}` : <i key={part}>{THIN + part}</i>,
          )}
        </p>
        <p class="s">{lastsNote}</p>
      </div>
      <Rate site={site} live={live} known={standing !== "unk"} />
      <AlarmCounts site={site} live={live} known={standing !== "unk"} />
    </section>
  );
}

type Known = Omit<Props, "condition"> & { readonly known: boolean };

function Rate({ site, live: { health }, known }: Known) {
  const { unit, made, used, built } = rates(health.madeBps, health.usedBps, site.built.secretKeyRateBps);
  const largest = Math.max(made ?? 0, used, built, 1e-9);
  const width = (value: number) => ({ width: `${Math.min(100, (100 * value) / largest)}%` });
  const net = (made ?? 0) / 2 - used;
  return (
    <div>
      <span class="lab">Secret key rate</span>
      <p class="big">
        {made === null || !known ? <span class="mute">no reading</span> : three(made)}
        {made === null || !known ? null : <i>{THIN + unit}</i>}
      </p>
      <div class="flow">
        <span>made</span>
        <span class="bar">
          <i style={width(made ?? 0)} />
        </span>
        <span class="num">{made === null ? "–" : three(made)}</span>
        <span>used</span>
        <span class="bar">
          <i class={health.fallback.engaged ? "p" : "u"} style={width(used)} />
        </span>
        <span class="num">{three(used)}</span>
      </div>
      <p class="s">
        {health.fallback.engaged
          ? "what is used is post-quantum"
          : `this half: net ${net > 0 ? "+" : ""}${three(net)}${THIN}${unit}; expected as built ${three(built)}`}
      </p>
    </div>
  );
}

function AlarmCounts({ site, live: { alarms, health }, known }: Known) {
  const present = alarms.alarms.filter(({ state }) => state === "present");
  const worst = !known
    ? "unk"
    : present.some(({ level }) => level === "bad")
      ? "bad"
      : present.length > 0
        ? "warn"
        : "none";
  const longest = present.toSorted((a, b) => a.raisedAtMs - b.raisedAtMs)[0];
  const qber = Math.max(health.qberZ ?? 0, health.qberX ?? 0);
  const note =
    longest !== undefined
      ? `longest: ${alarmTitle(longest.name)}, ${duration(alarms.atMs - longest.raisedAtMs)}`
      : qber > 0
        ? `nearest limit: QBER ${percent(qber)} of ${fixed(100 * site.limits.qberOperating, 0)}${THIN}%`
        : "no error rate was read";
  return (
    <div>
      <span class="lab">Alarms, {alarms.watched} watched</span>
      <div class="am">
        <Status shape={worst} colour={worst === "none" ? "mute" : worst}>
          <b>{alarms.present}</b> present
        </Status>
        <Status shape="memo">
          <b>{alarms.remembered}</b> since reset
        </Status>
        <Status shape="never" colour={known ? "ok" : "mute"}>
          <b>{alarms.never}</b> never
        </Status>
      </div>
      <p class="s">{note}</p>
    </div>
  );
}
