import type { Evidence, Explanation, LikelyCause } from "../../controller/outlets/api/index.ts";
import { fixed, THIN, three } from "../words/format.ts";
import { observableWords } from "../words/observables.ts";

const SHOWN = 3;
const MOST_SIGMA = 9;

/** One bar: to the right what speaks for a cause, to the left what speaks against it. */
interface Bar {
  readonly observable: string;
  readonly sigma: number;
  readonly text: string;
}

/** The three likeliest causes of what the link shows, with what speaks for and against each, or why there is none yet. */
export function ExplainCard({ explanation }: { readonly explanation: Explanation }) {
  const { causes, answer, waiting, next, baseline } = explanation;
  return (
    <section class="card c4 wide o5 wside w-ex" aria-label="Explain">
      <div class="h">
        <h2>Explain: top 3</h2>
        {answer === "not sure" ? (
          <span class="s">{waiting === null ? "not sure" : waiting.state}</span>
        ) : null}
      </div>
      {waiting === null ? (
        <>
          <p class="s nowall">{`Bars: against ← | → for; grey ±2${THIN}σ is noise.`}</p>
          <ul class="exp">
            {causes.slice(0, SHOWN).map((cause, index) => (
              <Cause key={cause.cause} cause={cause} first={index === 0} next={index === 0 ? next : null} />
            ))}
          </ul>
          {baseline === null ? null : (
            <p class="s nowall">
              {baseline.from === "runningLink"
                ? `Against this link as it ran until ${baseline.learntUtc.slice(0, 16)}Z.`
                : `Against the baseline of ${baseline.learntUtc.slice(0, 16)}Z.`}
            </p>
          )}
        </>
      ) : (
        <>
          <p>{`${waiting.sentence[0]?.toUpperCase() ?? ""}${waiting.sentence.slice(1)}.`}</p>
          {waiting.state === "failed" ? (
            <p>
              <b>Next:</b> {waiting.remedy}
            </p>
          ) : null}
        </>
      )}
    </section>
  );
}

function Cause({
  cause: { title, probability, severity, for: speaksFor, against },
  first,
  next,
}: {
  readonly cause: LikelyCause;
  readonly first: boolean;
  readonly next: string | null;
}) {
  const bars = [...speaksFor.map((one) => bar(one, 1)), ...against.map((one) => bar(one, -1))].toSorted(
    (a, b) => Math.abs(b.sigma) - Math.abs(a.sigma),
  );
  return (
    <li class={first ? "" : "nowall"}>
      <span class="p">{`${three(100 * probability)}${THIN}%`}</span>
      <b>{title}</b>
      {severity === "" ? null : <span class="s">{` ${severity}`}</span>}
      <div class="evd">
        {bars.slice(0, first ? 4 : 2).map((one) => (
          <BarOf key={`${one.observable}${one.sigma < 0}`} bar={one} />
        ))}
      </div>
      {next === null ? null : (
        <p>
          <b>Next:</b> {next}
        </p>
      )}
    </li>
  );
}

const bar = ({ observable, sigmas, text }: Evidence, sign: 1 | -1): Bar => ({
  observable: observableWords(observable),
  sigma: sign * sigmas,
  text,
});

function BarOf({ bar: { observable, sigma, text } }: { readonly bar: Bar }) {
  const z = Math.max(-MOST_SIGMA, Math.min(MOST_SIGMA, sigma));
  return (
    <>
      <span title={text}>{observable}</span>
      <svg
        viewBox="0 0 180 12"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${fixed(Math.abs(sigma), 1)} sigma ${sigma < 0 ? "against" : "for"}`}
      >
        <rect width="180" y="5.5" height="1" fill="var(--line)" />
        <rect x="70" width="40" height="12" fill="var(--sunk)" />
        <rect
          x={z < 0 ? 90 + z * 10 : 90}
          y="3"
          width={Math.max(2, Math.abs(z) * 10)}
          height="6"
          fill={`var(--${z < 0 ? "s2" : "s1"})`}
        />
      </svg>
      <span class="num">{`${sigma > 0 ? "+" : ""}${fixed(sigma, 1)}${THIN}σ`}</span>
    </>
  );
}
