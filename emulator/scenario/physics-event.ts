import type { SiteName } from "../link/link-fault.ts";

/** Something that happens to light, fibre, air or devices. Without `for` it stays. */
export type PhysicsEvent =
  | { readonly event: "cut"; readonly for?: string }
  | { readonly event: "repair" }
  /** Additional loss, reached after `over`. Bends add up. */
  | { readonly event: "bend"; readonly lossDb: number; readonly over?: string; readonly for?: string }
  /** Wind: the loss swings between 0 and `amplitudeDb` above the rest. Aerial fibre only. */
  | {
      readonly event: "sway";
      readonly amplitudeDb: number;
      readonly period: string;
      readonly for: string;
    }
  /** A connector, by name, gets this loss instead of its own, reached after `over`. */
  | {
      readonly event: "dirt";
      readonly connector: string;
      readonly lossDb: number;
      readonly over?: string;
    }
  | { readonly event: "clean"; readonly connector: string }
  /** A dark channel is lit, with its own power or another. */
  | {
      readonly event: "light";
      readonly channel: string;
      readonly launchDbm?: number;
      readonly for?: string;
    }
  | { readonly event: "darken"; readonly channel: string }
  /** A lit channel changes its launch power. */
  | { readonly event: "power"; readonly channel: string; readonly launchDbm: number; readonly over?: string }
  /** The air around a housing reaches this temperature after `over`. */
  | { readonly event: "ambient"; readonly site: SiteName; readonly celsius: number; readonly over?: string }
  /** The laser's light falls to this share of what it was when new. */
  | { readonly event: "age"; readonly relativePower: number; readonly over?: string }
  | { readonly event: "laserFailure"; readonly for?: string }
  /** Visibility of the interferometers moves there. */
  | { readonly event: "visibility"; readonly z: number; readonly x: number; readonly over?: string }
  /** Ornstein-Uhlenbeck drift of the phase, as the tracking loop leaves it over. */
  | {
      readonly event: "phaseDrift";
      readonly relaxationPerS: number;
      readonly diffusionRadPerSqrtS: number;
      readonly for?: string;
    }
  | {
      readonly event: "interceptResend";
      readonly fraction: number;
      readonly basisBias: number;
      readonly for?: string;
    }
  | { readonly event: "photonSplitting"; readonly fraction: number; readonly for?: string }
  | {
      readonly event: "blinding";
      readonly lightMw: number;
      readonly fakedPerGate: number;
      readonly basisBias: number;
      readonly for?: string;
    }
  | { readonly event: "timeShift"; readonly ps: number; readonly for?: string }
  | { readonly event: "trojanLight"; readonly dbm: number; readonly for?: string }
  /** A part of a device fails with this text. */
  | { readonly event: "deviceFault"; readonly site: SiteName; readonly text: string; readonly for?: string };

/** Name of a kind of event. */
export type PhysicsEventName = PhysicsEvent["event"];
