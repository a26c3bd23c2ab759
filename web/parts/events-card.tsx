import type { EventView } from "../../controller/outlets/api/index.ts";
import { clock } from "../words/format.ts";
import { Mark } from "./status.tsx";

const SHOWN = 8;
const WORDS = { ok: "in order", warn: "warning", bad: "serious" } as const;

/** What happened, newest first. */
export function EventsCard({ events }: { readonly events: readonly EventView[] }) {
  return (
    <section class="card c3 o5 wside w-ev" aria-label="Events">
      <div class="h">
        <h2>Events</h2>
        <span class="sp" />
        <a class="nowall" href="/api/v1/events">
          All, JSON
        </a>
      </div>
      {events.length === 0 ? <p class="mute">Nothing has happened yet.</p> : null}
      <ul class="ev">
        {events
          .slice(-SHOWN)
          .toReversed()
          .map(({ number, atMs, level, text, times }) => (
            <li key={`${atMs} ${number}`}>
              <span>{clock(atMs)}</span>
              <span class={`st ${level}`}>
                <Mark shape={level} />
                <span class="vh">{WORDS[level]}</span>
              </span>
              <span>
                {text}
                {times > 1 ? <span class="mute">{`, ${times} times`}</span> : null}
              </span>
            </li>
          ))}
      </ul>
    </section>
  );
}
