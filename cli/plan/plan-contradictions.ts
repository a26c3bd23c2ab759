import {
  channelFault,
  channelNm,
  channelPlace,
  channelThz,
  type LinkPlan,
  plannedLoss,
} from "../../commissioning/index.ts";
import { DEFAULT_NOISE_RECEIVER, FIBRE_RANGE_NM, inQuantumFilter, linkPreset } from "../../physics/index.ts";
import type { FieldPath } from "../config/finding.ts";

/** Two fields of a plan that cannot both be meant. */
export interface Contradiction {
  readonly field: FieldPath;
  readonly message: string;
  readonly remedy: string;
}

/** Years that a link is planned for unless told. */
export const DEFAULT_YEARS = 10;
const LONGEST_KM = 1000;
const MOST_LOSS_DB = 100;
/** More than both bands have room for at 50 GHz; mixing products grow with the third power. */
const MOST_CHANNELS = 192;
const DEFAULT_PRESET = "yuan2018";
/** Where O band and C band part, nm. */
const BETWEEN_BANDS_NM = 1430;

export const presetNameOf = ({ preset }: LinkPlan): string => preset ?? DEFAULT_PRESET;

/** Band of the quantum channel of a preset, as plans name it. */
export function bandOf(preset: string): "1310" | "1550" {
  return linkPreset(preset).quantumWavelengthNm < BETWEEN_BANDS_NM ? "1310" : "1550";
}

/** What no link can be, though every field of the plan is right by itself. */
export function planContradictions(plan: LinkPlan): readonly Contradiction[] {
  return [...bandContradictions(plan), ...sizeContradictions(plan), ...channelContradictions(plan)];
}

function sizeContradictions({ fibre, channels, ageing }: LinkPlan): readonly Contradiction[] {
  const km = (fibre?.spans ?? []).reduce((sum, { lengthKm }) => sum + lengthKm, 0);
  const loss = fibre === undefined ? null : plannedLoss({ fibre });
  const found: Contradiction[] = [];
  if (km > LONGEST_KM)
    found.push({
      field: ["fibre", "spans"],
      message: `fibre.spans are ${Number(km.toPrecision(4))} km in all, at most ${LONGEST_KM} are planned`,
      remedy: "plan a link without trusted nodes in it",
    });
  if (loss !== null && loss.expectedDb > MOST_LOSS_DB)
    found.push({
      field: ["fibre"],
      message: `fibre loses ${Number(loss.expectedDb.toPrecision(4))} dB in all, at most ${MOST_LOSS_DB} are planned`,
      remedy: "correct the losses of its parts",
    });
  const agedDb = (ageing?.dbPerYear ?? 0) * (ageing?.years ?? DEFAULT_YEARS) + (ageing?.repairsDb ?? 0);
  if (agedDb > MOST_LOSS_DB)
    found.push({
      field: ["ageing"],
      message: `ageing comes to ${Number(agedDb.toPrecision(4))} dB, at most ${MOST_LOSS_DB} are planned`,
      remedy: "correct dbPerYear, years or repairsDb",
    });
  if ((channels?.length ?? 0) > MOST_CHANNELS)
    found.push({
      field: ["channels"],
      message: `channels are ${channels?.length}, at most ${MOST_CHANNELS} are planned`,
      remedy: "plan the channels of one fibre",
    });
  return found;
}

function bandContradictions(plan: LinkPlan): readonly Contradiction[] {
  const preset = presetNameOf(plan);
  const band = plan.fibre?.band;
  if (band === undefined || band === bandOf(preset)) return [];
  return [
    {
      field: ["fibre", "band"],
      message: `fibre.band is ${band}, but the quantum channel of preset ${preset} is at ${bandOf(preset)} nm`,
      remedy: "leave the band out, or name another preset",
    },
  ];
}

function channelContradictions(plan: LinkPlan): readonly Contradiction[] {
  const filter = {
    quantumWavelengthNm: linkPreset(presetNameOf(plan)).quantumWavelengthNm,
    filterBandwidthNm: plan.receiverFilter?.bandwidthNm ?? DEFAULT_NOISE_RECEIVER.filterBandwidthNm,
  };
  const before = new Map<string, string>();
  return (plan.channels ?? []).flatMap((channel, index): Contradiction[] => {
    const { name, wavelengthNm, thz, direction } = channel;
    const field = ["channels", index, wavelengthNm === undefined ? "thz" : "wavelengthNm"];
    const fault = channelFault(channel);
    if (fault !== null)
      return [
        {
          field: wavelengthNm === undefined && thz === undefined ? ["channels", index] : field,
          message: fault,
          remedy: "give wavelengthNm or thz, or both for the same place",
        },
      ];
    const [nm, at] = [channelNm(channel), channelPlace(channel)];
    // Twins may be written in either unit.
    const place = `${channelThz(channel).toFixed(3)} ${direction}`;
    const twin = before.get(place);
    before.set(place, name);
    const wrong = (message: string, remedy: string): Contradiction[] => [
      { field, message: `channel ${name} ${message}`, remedy },
    ];
    if (nm < FIBRE_RANGE_NM.min || nm > FIBRE_RANGE_NM.max)
      return wrong(
        `at ${at} is beyond ${FIBRE_RANGE_NM.min} to ${FIBRE_RANGE_NM.max} nm`,
        "correct the place of the channel",
      );
    if (inQuantumFilter(channelThz(channel), filter))
      return wrong(
        `at ${at} lies in the quantum channel's filter at ${Number(filter.quantumWavelengthNm.toFixed(3))} nm`,
        "move the channel, or make the filter narrower",
      );
    if (twin !== undefined)
      return wrong(`stands at ${at} ${direction} already, as ${twin}`, "take one out, or correct its place");
    return [];
  });
}
