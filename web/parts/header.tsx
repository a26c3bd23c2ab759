import type { LiveView, SiteView } from "../../controller/outlets/api/index.ts";
import { clock, day, duration, fixed, THIN } from "../words/format.ts";
import { Status } from "./status.tsx";
import type { Colours, Look, useLook, View } from "./use-look.ts";

interface Props {
  readonly site: SiteView;
  readonly live: LiveView;
  readonly silentMs: number;
  readonly stale: boolean;
  readonly nowMs: number;
  readonly look: Look;
  readonly setLook: ReturnType<typeof useLook>[1];
}

const VIEWS: readonly (readonly [View, string])[] = [
  ["desk", "Desk"],
  ["wall", "Wall"],
];
const COLOURS: readonly (readonly [Colours, string])[] = [
  ["auto", "Auto"],
  ["light", "Light"],
  ["dark", "Dark"],
];

/** Which site this is, whether what is shown is of now, and how it is shown. */
export function Header({ site, live, silentMs, stale, nowMs, look, setLook }: Props) {
  const { unit, linkId, node, peerNode, emulated } = site;
  const { peer } = live.health;
  return (
    <header>
      <h1>{linkId}</h1>
      <span>
        {node}{" "}
        <span class="mute">
          {site.site === "alice" ? "Alice" : "Bob"}, {unit.model} {unit.serial}
        </span>
      </span>
      {emulated ? <span class="tag emu">EMULATED LINK</span> : null}
      <span class="hp mute">
        peer {peerNode}, {stale ? "unknown" : peer.state === "up" ? "connected" : peer.state}
      </span>
      <span class="sp" />
      <span class="nw">
        <b>{clock(nowMs)}</b> UTC <span class="mute">{day(nowMs)}</span>
      </span>
      {stale ? (
        <Status shape="unk" colour="bad">
          stale, {duration(silentMs)} old
        </Status>
      ) : (
        <Status shape="ok">
          live, {fixed(silentMs / 1000, 0)}
          {THIN}s
        </Status>
      )}
      <Choice label="View" choices={VIEWS} chosen={look.view} choose={(view) => setLook({ view })} />
      <Choice
        label="Colours"
        choices={COLOURS}
        chosen={look.colours}
        choose={(colours) => setLook({ colours })}
      />
    </header>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly choices: readonly (readonly [T, string])[];
  readonly chosen: T;
  readonly choose: (value: T) => void;
}

function Choice<T extends string>({ label, choices, chosen, choose }: ChoiceProps<T>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in one line everywhere
    <span class="seg ctl hp" role="group" aria-label={label}>
      {choices.map(([value, name]) => (
        <button key={value} type="button" aria-pressed={chosen === value} onClick={() => choose(value)}>
          {name}
        </button>
      ))}
    </span>
  );
}
