import type { DeliveryView } from "../../controller/outlets/api/index.ts";
import { fixed, three } from "../words/format.ts";
import { KeyKind } from "./status.tsx";

const SHOWN = 12;

/** Which application gets which keys, how fast, and what it is refused. */
export function SaeCard({ delivery }: { readonly delivery: DeliveryView }) {
  const { applications } = delivery;
  return (
    <section class="card c4 o6 nowall" aria-label="Keys by application">
      <div class="h">
        <h2>Keys by SAE</h2>
        <span class="s">last minute</span>
      </div>
      {applications.length === 0 ? (
        <p class="mute">No application has asked for a key at this site yet.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <section class="scroll" tabIndex={0} aria-label="SAE table">
          <table>
            <thead>
              <tr>
                <th scope="col">SAE</th>
                <th scope="col">Gets now</th>
                <th scope="col" class="num">
                  Keys/s
                </th>
                <th scope="col" class="num hideS">
                  p99, ms
                </th>
                <th scope="col" class="num">
                  Refused
                </th>
                <th scope="col" class="hideS">
                  Pool share
                </th>
              </tr>
            </thead>
            <tbody>
              {applications.slice(0, SHOWN).map(({ sae, gets, keysPerS, p99Ms, refused, share }) => (
                <tr key={sae}>
                  <td class="nw">
                    <b>{sae}</b>
                  </td>
                  <td>
                    <KeyKind
                      kind={
                        gets === null || keysPerS === 0 ? "none" : gets === "pqc" ? "post-quantum" : "quantum"
                      }
                    />
                  </td>
                  <td class="num">{three(keysPerS)}</td>
                  <td class="num hideS">{p99Ms === null ? "–" : fixed(p99Ms, 1)}</td>
                  <td class="num">{refused > 0 ? <b class="bad">{refused}</b> : 0}</td>
                  <td class="hideS">
                    <span class="bar share">
                      <i class={gets === "pqc" ? "p" : ""} style={{ width: `${100 * share}%` }} />
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}
