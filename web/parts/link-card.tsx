import type { LiveView, SiteView } from "../../controller/outlets/api/index.ts";
import { clock, fixed, THIN, withUnit } from "../words/format.ts";
import { LinkPicture, type LinkPictureEnd, type LitChannel } from "./link-picture.tsx";
import { type Shape, Status } from "./status.tsx";
import { remPx, useWidth } from "./use-width.ts";

/** Narrower than this the elements are a list. */
const LEAST_PICTURE_PX = 560;

/** How the loss stands against the built one. */
export function lossStanding(site: SiteView, live: LiveView, stale: boolean): readonly [Shape, string] {
  const { lossDb, level, reason } = live.health;
  if (stale) return ["unk", "unknown"];
  if (level === "down" && reason === "linkDown") return ["bad", "no light"];
  if (lossDb === null) return ["unk", "no reading"];
  return lossDb > site.limits.lossOperatingDb ? ["warn", "more than built"] : ["ok", "as built"];
}

/** The link from end to end with the loss of each part. */
export function LinkCard({
  site,
  live,
  stale,
  lastLossDb,
}: {
  readonly site: SiteView;
  readonly live: LiveView;
  readonly stale: boolean;
  readonly lastLossDb: { readonly atMs: number; readonly lossDb: number } | null;
}) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const { health } = live;
  const { built } = site;
  const [shape, word] = lossStanding(site, live, stale);
  const dark = shape === "bad";
  const channels = litChannels(live);
  const ends = endsOf(site, live, stale, dark);
  const largest = Math.max(...built.elements.map(({ lossDb }) => lossDb), 0.01);
  return (
    <section class="card lnk c12 wide o3 wlink" aria-label="Link, end to end">
      <div class="h">
        <h2>Link, end to end</h2>
        <span class="sum">
          {health.lossDb === null || stale ? (
            <span class={dark ? "bad" : "mute"}>{dark ? "no light" : "no reading"}</span>
          ) : (
            <>
              {fixed(health.lossDb)}
              <small>{THIN}dB</small>
            </>
          )}
        </span>
        <span class="mute">
          {health.lossDb === null && lastLossDb !== null
            ? `last ${fixed(lastLossDb.lossDb)}${THIN}dB at ${clock(lastLossDb.atMs)}; `
            : ""}
          built {fixed(built.lossDb)}
          {health.lossDb === null || stale ? "" : `, difference ${signed(health.lossDb - built.lossDb)}`}
        </span>
        <span class="sp" />
        <Status shape={shape}>{shape === "ok" || shape === "warn" ? `Loss ${word}` : capital(word)}</Status>
      </div>
      <div ref={ref} class="picbox">
        {width < LEAST_PICTURE_PX ? null : (
          <LinkPicture
            width={width}
            em={remPx() * 0.9}
            site={site}
            ends={ends}
            channels={channels}
            dark={dark}
          />
        )}
      </div>
      <ul class="ladder">
        <li class="end">
          <b>{ends[0].title}</b>
          <Status shape={ends[0].shape}>{ends[0].word}</Status>
        </li>
        {built.elements.map(({ name, detail, lossDb }) => (
          <li key={name}>
            <span>
              {name} {detail === null ? null : <small>{detail}</small>}
            </span>
            <span class="bar">
              <i style={{ width: `${(100 * lossDb) / largest}%`, opacity: dark ? 0.4 : 1 }} />
            </span>
            <span class="num">{fixed(lossDb) + THIN}dB</span>
          </li>
        ))}
        {channels.map(({ name, dbm }) => (
          <li class="end" key={name}>
            <span>{name}, received</span>
            <span class="mute">{dbm === null ? "dark" : `${fixed(dbm, 1)}${THIN}dBm`}</span>
          </li>
        ))}
        <li class="end">
          <b>{ends[1].title}</b>
          <Status shape={ends[1].shape}>{ends[1].word}</Status>
        </li>
      </ul>
      {dark ? (
        <p class="note">No light arrives; the place is unknown until an OTDR runs from either end.</p>
      ) : null}
    </section>
  );
}

function endsOf(
  site: SiteView,
  live: LiveView,
  stale: boolean,
  dark: boolean,
): readonly [LinkPictureEnd, LinkPictureEnd] {
  const { health } = live;
  const online = health.unit.connection === "online";
  const own: LinkPictureEnd = {
    title: `${site.site === "alice" ? "Alice" : "Bob"}, ${site.node}`,
    lines: [
      `${site.unit.model} ${site.unit.serial}`,
      site.site === "alice"
        ? `μ ${fixed(site.built.meanPhotonNumber)}, ${withUnit(site.unit.clockHz, "Hz")}`
        : withUnit(site.unit.clockHz, "Hz"),
    ],
    shape: stale ? "unk" : !online ? "bad" : dark && site.site === "bob" ? "bad" : "ok",
    word: stale ? "unknown" : !online ? "unit offline" : dark && site.site === "bob" ? "no light" : "online",
  };
  const up = health.peer.state === "up";
  const other: LinkPictureEnd = {
    title: `${site.site === "alice" ? "Bob" : "Alice"}, ${site.peerNode}`,
    lines: ["the other site", "seen by its controller"],
    shape: stale ? "unk" : up ? "ok" : "bad",
    word: stale ? "unknown" : up ? "connected" : "not reached",
  };
  return site.site === "alice" ? [own, other] : [other, own];
}

function litChannels({ health }: LiveView): readonly LitChannel[] {
  return health.quantities
    .filter(({ name, ageMs }) => /^classical\dPowerDbm$/.test(name) && ageMs < 10_000)
    .map(({ name, value }) => ({ name: `classical ${name.charAt(9)}`, dbm: value <= -49 ? null : value }));
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function signed(value: number): string {
  return `${value >= 0 ? "+" : ""}${fixed(value)}`;
}
