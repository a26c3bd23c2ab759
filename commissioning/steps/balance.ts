import { figure } from "../../report/index.ts";
import { liveShare } from "../measuring/gains.ts";
import { longReading } from "./long-reading.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 14: whether both detectors catch light equally well; unequal ones help an attacker. */
export const balance: Step = { id: "balance", number: 14, name: "step_balance", needs: [7], run };

const LIMIT = 0.08;

async function run(context: StepContext): Promise<StepOutcome> {
  const { known, judging } = context;
  const reading = await longReading(context);
  const live = liveShare(reading) * reading.gates;
  const light = ([0, 1] as const).map((detector) => {
    const background = (known.background?.[detector].value ?? 0) * reading.gates;
    const clicks = reading.clicks[detector];
    return {
      causes: -Math.log1p(-(clicks - background) / live),
      share: Math.sqrt(clicks) / (clicks - background),
    };
  });
  const [zero, one] = light;
  const value = (zero?.causes ?? 0) / (one?.causes ?? 0);
  return {
    judgements: [
      judging.measured(
        { id: "balance", text: "check_balance" },
        {
          value,
          unit: "",
          u: value * Math.hypot(zero?.share ?? 0, one?.share ?? 0),
          n: reading.clicks[0] + reading.clicks[1],
        },
        { low: 1 - LIMIT, high: 1 + LIMIT, reference: 1 },
        { origin: "D", text: "from_balance" },
        {
          find: "find_balance",
          fix: "fix_balance",
          values: {
            weaker: value < 1 ? 0 : 1,
            percent: figure(100 * (1 - Math.min(value, 1 / value)), 1),
          },
        },
      ),
    ],
  };
}
