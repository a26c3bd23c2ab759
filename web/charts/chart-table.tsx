import { useState } from "preact/hooks";
import { clock, fixed } from "../words/format.ts";
import type { ChartPlan } from "./chart-plan.ts";

const ROWS = 13;

/** What a chart shows, as a table: every few minutes, the present first. */
export function ChartTable({ title, plan }: { readonly title: string; readonly plan: ChartPlan }) {
  const [open, setOpen] = useState(false);
  const { timesS, lines, unit, digits } = plan;
  const step = Math.max(1, Math.floor(timesS.length / ROWS));
  const rows = timesS.map((_, index) => timesS.length - 1 - index).filter((_, index) => index % step === 0);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        Table<span class="vh"> of {title}</span>
      </summary>
      {open ? (
        <table>
          <thead>
            <tr>
              <th scope="col">UTC</th>
              {lines.map(({ name }) => (
                <th key={name} scope="col" class="num">
                  {unit === "" ? name : `${name}, ${unit}`}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={timesS[row]}>
                <td>{clock(1000 * (timesS[row] ?? 0))}</td>
                {lines.map(({ name, values }) => {
                  const value = values[row];
                  return (
                    <td key={name} class="num">
                      {value == null ? "no reading" : fixed(value, digits)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </details>
  );
}
