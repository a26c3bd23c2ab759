import { LINK_PRESETS, type LinkParameters, type PresetName } from "../../../physics/index.ts";

/** One setting at which closed form and emulator are compared. */
export interface AgreementPoint {
  readonly preset: PresetName;
  readonly lossDb: number;
  readonly deadGates: number;
  readonly afterpulseProbability: number;
  readonly link: LinkParameters;
}

const LOSSES_DB = [0, 5, 10, 20];
const DEAD_GATES = [0, 1, 10, 50, 100];
const AFTERPULSES = [0, 0.03, 0.08];

/** All settings, in audit mode: every intensity and basis equally often, so that each is seen as well as the others. */
export function agreementGrid(presets = Object.keys(LINK_PRESETS) as PresetName[]): AgreementPoint[] {
  return presets.flatMap((preset) =>
    LOSSES_DB.flatMap((lossDb) =>
      DEAD_GATES.flatMap((deadGates) =>
        AFTERPULSES.map((afterpulseProbability) => ({
          preset,
          lossDb,
          deadGates,
          afterpulseProbability,
          link: {
            ...LINK_PRESETS[preset].link,
            channelLossDb: lossDb,
            deadGates,
            afterpulseProbability,
            intensityProbabilities: [1 / 3, 1 / 3, 1 / 3] as const,
            aliceZProbability: 0.5,
            bobZProbability: 0.5,
          },
        })),
      ),
    ),
  );
}
