import type { EngineFrame } from "../../integration/distillation-source.ts";
import type { AuditPoint } from "../suite/audit-points.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";

/** Both halves of the frames of a point's link, as the drivers would hand them to the distillation; endless. */
export async function* engineFrames(
  context: HonestyContext,
  point: AuditPoint,
  detections: number,
): AsyncGenerator<{ readonly qtx: EngineFrame; readonly qrx: EngineFrame }> {
  const optics = await context.openOptics({
    link: point.link,
    seed: context.seedFor(`distilled ${point.name}`),
  });
  for (;;) {
    const {
      frameId,
      firstGate,
      gateCount,
      detections: n,
      gateDigest,
      qtx,
      qrx,
    } = optics.nextFrame({
      maxDetections: detections,
      maxGates: 2n ** 33n,
    });
    const both = {
      sessionNumber: 1,
      frameId,
      firstGate,
      gateCount,
      detections: n,
      gateDigest,
      planeBytes: (n + 7) >>> 3,
    };
    yield {
      qtx: {
        ...both,
        role: "qtx",
        planes: joined([qtx.basis, qtx.bit, qtx.intensityLow, qtx.intensityHigh]),
        sent: qtx.sent,
      },
      qrx: {
        ...both,
        role: "qrx",
        planes: joined([qrx.basis, qrx.bit]),
        doubleClicks: qrx.doubleClicks,
        photocurrentNa: qrx.photocurrentNa,
      },
    };
  }
}

function joined(planes: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(planes));
}
