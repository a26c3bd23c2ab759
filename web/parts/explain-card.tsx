import type { Evidence, Explanation } from "../../controller/outlets/api/index.ts";
import { fixed, THIN, three } from "../words/format.ts";

const SHOWN = 3;
const MOST_SIGMA = 9;

/** The three likeliest causes of what the link shows, with what speaks for and against each. */
export function ExplainCard({ explanation }: { readonly explanation: Explanation }) {
  const { causes, answer } = explanation;
  return (
    <section class="card c4 wide o5 wside w-ex" aria-label="Explain">
      <div class="h">
        <h2>Explain: top 3</h2>
        {answer === "not sure" ? <span class="s">not sure</span> : null}
      </div>
      <p class="s nowall">{`Bars: against ← | → for; grey ±2${THIN}σ is noise.`}</p>
      <ul class="exp">
        {causes.slice(0, SHOWN).map(({ cause, title, probability, evidence, next }, index) => (
          <li key={cause} class={index > 0 ? "nowall" : ""}>
            <span class="p">{`${three(100 * probability)}${THIN}%`}</span>
            <b>{title}</b>
            <div class="evd">
              {evidence.slice(0, index > 0 ? 2 : 4).map((one) => (
                <Bar key={one.observable} evidence={one} />
              ))}
            </div>
            {next === null ? null : (
              <p>
                <b>Next:</b> {next}
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Bar({ evidence: { observable, sigma } }: { readonly evidence: Evidence }) {
  const z = Math.max(-MOST_SIGMA, Math.min(MOST_SIGMA, sigma));
  return (
    <>
      <span>{observable}</span>
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
