import { useState } from "preact/hooks";
import type { AlarmsView, AlarmView } from "../../controller/outlets/api/index.ts";
import { alarmTitle, duration, since } from "../words/format.ts";
import { Status } from "./status.tsx";

interface Props {
  readonly alarms: AlarmsView;
  readonly stale: boolean;
  /** Null where the page may not act. */
  readonly act: ((path: string) => void) | null;
}

/** Alarms with their memory: present, since the memory was reset, never. */
export function AlarmsCard({ alarms, stale, act }: Props) {
  const [all, setAll] = useState(false);
  return (
    <section class="card c8 wide rowcard o2 nowall" aria-label="Alarms" id="alarms" tabIndex={-1}>
      <div class="h">
        <h2>Alarms</h2>
        <span class="s">
          memory since {alarms.resetBy === null ? "" : "the reset on "}
          {since(alarms.resetAtMs, alarms.atMs)}
          {alarms.resetBy === null ? "" : ` by ${alarms.resetBy}`}
          {alarms.kept ? "" : "; it cannot be written to disk"}
        </span>
        <span class="sp" />
        {act === null ? null : (
          <button type="button" onClick={() => act("alarms/reset")}>
            Reset memory
          </button>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section class="scroll" tabIndex={0} aria-label="Alarm table">
        <table>
          <thead>
            <tr>
              <th scope="col">State</th>
              <th scope="col">Alarm</th>
              <th scope="col" class="hideS">
                Unit
              </th>
              <th scope="col">Raised</th>
              <th scope="col" class="num hideS">
                Times
              </th>
              <th scope="col" class="num hideS">
                Longest
              </th>
              <th scope="col">What it means</th>
              <th scope="col" class="num">
                Seen
              </th>
            </tr>
          </thead>
          <tbody>
            {alarms.alarms.map((alarm) => (
              <Row key={alarm.id} alarm={alarm} nowMs={alarms.atMs} stale={stale} act={act} />
            ))}
            <tr class="last">
              <td>
                <Status shape="never" colour={stale ? "mute" : "ok"}>
                  never
                </Status>
              </td>
              <td colSpan={7} class="mute">
                {alarms.never} others.{" "}
                <button type="button" class="plain" aria-expanded={all} onClick={() => setAll(!all)}>
                  {all ? "Hide them" : "Show all"}
                </button>
                {all ? (
                  <p class="quiet">
                    {alarms.quiet.map(({ name, unit }) => `${unit} ${alarmTitle(name)}`).join(", ")}
                  </p>
                ) : null}
              </td>
            </tr>
          </tbody>
        </table>
      </section>
    </section>
  );
}

interface RowProps {
  readonly alarm: AlarmView;
  readonly nowMs: number;
  readonly stale: boolean;
  readonly act: Props["act"];
}

function Row({ alarm, nowMs, stale, act }: RowProps) {
  const { id, name, code, unit, state, level, raisedAtMs, times, longestMs, meaning, text, acknowledged } =
    alarm;
  const present = state === "present";
  return (
    <tr data-alarm={id}>
      <td>
        <Status shape={stale ? "unk" : present ? level : "memo"}>
          {stale ? "unknown" : present ? "present" : "since reset"}
        </Status>
      </td>
      <td>
        <b>{alarmTitle(name)}</b> {code === null ? null : <span class="mute hideS">{code}</span>}
      </td>
      <td class="hideS">{unit === "site" ? "site" : unit.toUpperCase()}</td>
      <td class="nw">{since(raisedAtMs, nowMs)}</td>
      <td class="num hideS">{times}</td>
      <td class="num nw hideS">{duration(longestMs)}</td>
      <td>{text === "" ? meaning : text}</td>
      <td class="num">
        {acknowledged !== null ? (
          <span class="mute" title={`${acknowledged.by}, ${since(acknowledged.atMs, nowMs)}`}>
            ack’d
          </span>
        ) : act === null ? (
          <span class="mute">open</span>
        ) : (
          <button type="button" onClick={() => act(`alarms/${encodeURIComponent(id)}/ack`)}>
            Ack<span class="vh"> {alarmTitle(name)}</span>
          </button>
        )}
      </td>
    </tr>
  );
}
