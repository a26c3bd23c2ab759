/** One part of the fibre path with the loss that was measured when it was built. */
export interface BuiltElement {
  readonly kind: "mux" | "connector" | "span" | "splice";
  readonly name: string;
  /** What a person standing there reads on it, or null. */
  readonly detail: string | null;
  readonly lossDb: number;
}

/** What the closed form and the site's file say of the link as it was built. */
export interface BuiltLink {
  readonly lossDb: number;
  /** Error rates as shares, all intensities. */
  readonly qberZ: number;
  readonly qberX: number;
  readonly secretKeyRateBps: number;
  /** Time between two blocks, seconds. */
  readonly blockS: number;
  readonly meanPhotonNumber: number;
  readonly elements: readonly BuiltElement[];
}

/** Limits that readings are held to. */
export interface SiteLimits {
  /** Error rates as shares: of normal operation, the site's own from which the link counts as down, of the device. */
  readonly qberOperating: number;
  readonly qberSite: number;
  readonly qberAbsolute: number;
  /** Loss of normal operation: as built and half a decibel. */
  readonly lossOperatingDb: number;
  /** Least rate that was agreed on, or 0. */
  readonly leastRateBps: number;
  /** Own half below which the pool is low, bits. */
  readonly poolLowBits: number;
  /** Own half that the stock is not to fall below before post-quantum keys take over, bits. */
  readonly fallbackBits: number;
}

/** A temperature that a unit has, with its ranges. */
export interface TemperatureRange {
  readonly name: string;
  readonly operating: readonly [number, number];
  readonly absolute: readonly [number, number];
}

/** What does not change while a site runs. */
export interface SiteView {
  readonly site: "alice" | "bob";
  readonly linkId: string;
  /** Name of this node and of the other one. */
  readonly node: string;
  readonly peerNode: string;
  readonly links: readonly string[];
  readonly pairs: readonly string[];
  readonly startedAtMs: number;
  readonly unit: {
    readonly role: "qtx" | "qrx";
    readonly vendor: string;
    readonly model: string;
    readonly serial: string;
    readonly firmware: string;
    readonly clockHz: number;
  };
  readonly built: BuiltLink;
  readonly limits: SiteLimits;
  readonly temperatures: readonly TemperatureRange[];
  /** True where light and devices are simulated. */
  readonly emulated: boolean;
  /** Whether somebody finds the likeliest causes of what the link shows. */
  readonly explains: boolean;
  /** What can be made to happen to an emulated link from here. */
  readonly actions: readonly LinkAction[];
}

/** What the dashboard can make happen to an emulated link. */
export type LinkAction = "cut" | "neighbour" | "eve" | "repair";
