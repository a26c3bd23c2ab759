import { join } from "node:path";
import { crc32 } from "node:zlib";
import { CaptureFile, Recorder } from "../../capture/index.ts";
import type { PeerTap } from "../../controller/index.ts";
import { type WireTap, wallNs } from "../../drivers/index.ts";
import { knownError, type QkdError } from "../../errors/index.ts";
import type { SiteConfig } from "../config/read-config.ts";
import { packageVersion } from "../package-version.ts";

/** Files of a site's recording that are kept: 1 GiB. */
const KEPT_FILES = 16;

/** The recording of a running site: its unit's lines and its connection to the other site. */
export interface SiteRecording {
  readonly tap: WireTap;
  readonly peerTap: PeerTap;
  close(): Promise<void>;
}

/**
 * Begins the recording that a site's file asks for; undefined where it asks for none, or where it cannot be begun, which is told: a
 * site never fails for want of a recording.
 */
export async function siteRecording(
  { site, recording, transceiver, peer }: SiteConfig,
  failed: (error: QkdError) => void,
): Promise<SiteRecording | undefined> {
  if (recording === undefined) return undefined;
  const started = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const file = new CaptureFile({
    file: join(recording.folder, `${site}-${started}.pcapng`),
    keepFiles: KEPT_FILES,
    stopped: failed,
  });
  const recorder = new Recorder({
    sink: file,
    now: wallNs,
    application: `qkdlink ${packageVersion()}`,
    crc32,
  });
  try {
    await file.begin();
  } catch (error) {
    failed(knownError(error));
    return undefined;
  }
  return {
    tap: recorder.unit("unit 1", transceiver.address),
    peerTap: recorder.peer(site, peer.connect ?? peer.listen ?? ""),
    close: () => file.close(recorder.statistics()),
  };
}
