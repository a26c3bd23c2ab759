import type { Breach } from "./breach.ts";
import { AGREEMENT } from "./rooms/agreement.ts";
import { AGREEMENT_STEP } from "./rooms/agreement-step.ts";
import { ALARMS } from "./rooms/alarms.ts";
import { BUS } from "./rooms/bus.ts";
import { CAPTURE } from "./rooms/capture.ts";
import { CHECK } from "./rooms/check.ts";
import { CLIENT } from "./rooms/client.ts";
import { COMMISSIONING } from "./rooms/commissioning.ts";
import { CONFIGURATION } from "./rooms/configuration.ts";
import { DASHBOARD } from "./rooms/dashboard.ts";
import { DELIVERY_ANSWERS } from "./rooms/delivery-answers.ts";
import { DELIVERY_CALLERS } from "./rooms/delivery-callers.ts";
import { DELIVERY_REQUESTS } from "./rooms/delivery-requests.ts";
import { DELIVERY_SERVER } from "./rooms/delivery-server.ts";
import { DEVICE } from "./rooms/device.ts";
import { DIAGNOSIS } from "./rooms/diagnosis.ts";
import { DISTILLATION_BLOCK } from "./rooms/distillation-block.ts";
import { DISTILLATION_CLOSING } from "./rooms/distillation-closing.ts";
import { DISTILLATION_CLOSING_BLOCKS } from "./rooms/distillation-closing-blocks.ts";
import { DISTILLATION_COLLECTING } from "./rooms/distillation-collecting.ts";
import { DISTILLATION_SESSION } from "./rooms/distillation-session.ts";
import { DOCTOR } from "./rooms/doctor.ts";
import { DRIVERS } from "./rooms/drivers.ts";
import { DRIVERS_LINES } from "./rooms/drivers-lines.ts";
import { DRIVERS_SERVICE } from "./rooms/drivers-service.ts";
import { EMULATOR } from "./rooms/emulator.ts";
import { EMULATOR_INPUTS } from "./rooms/emulator-inputs.ts";
import { EMULATOR_OPTICS } from "./rooms/emulator-optics.ts";
import { EMULATOR_SERVICE } from "./rooms/emulator-service.ts";
import { EMULATOR_SPECIFICATION } from "./rooms/emulator-specification.ts";
import { EXPLAINING } from "./rooms/explaining.ts";
import { FALLBACK } from "./rooms/fallback.ts";
import { HEALTH } from "./rooms/health.ts";
import { HEALTH_INDICATORS } from "./rooms/health-indicators.ts";
import { HONESTY } from "./rooms/honesty.ts";
import { HYBRID } from "./rooms/hybrid.ts";
import { LISTENER } from "./rooms/listener.ts";
import { NETWORK } from "./rooms/network.ts";
import { NODE } from "./rooms/node.ts";
import { OPTIONS } from "./rooms/options.ts";
import { PEER } from "./rooms/peer.ts";
import { PHYSICS } from "./rooms/physics.ts";
import { PHYSICS_LIMITS } from "./rooms/physics-limits.ts";
import { PLANNING } from "./rooms/planning.ts";
import { POOL_ANCHOR } from "./rooms/pool-anchor.ts";
import { POOL_DELETION } from "./rooms/pool-deletion.ts";
import { POOL_PAIRS } from "./rooms/pool-pairs.ts";
import { POOL_REQUESTS } from "./rooms/pool-requests.ts";
import { POOL_STORE } from "./rooms/pool-store.ts";
import { POOL_WITNESS } from "./rooms/pool-witness.ts";
import { PROTOCOL } from "./rooms/protocol.ts";
import { RECOVERY } from "./rooms/recovery.ts";
import { RELAY } from "./rooms/relay.ts";
import { REPORT } from "./rooms/report.ts";
import { ROUTING } from "./rooms/routing.ts";
import { STREAMS } from "./rooms/streams.ts";
import { TRUST } from "./rooms/trust.ts";

/** Every planted breach, room by room. */
export const BREACHES: readonly Breach[] = [
  TRUST,
  ALARMS,
  BUS,
  CLIENT,
  DOCTOR,
  CAPTURE,
  LISTENER,
  DELIVERY_CALLERS,
  DELIVERY_SERVER,
  DELIVERY_REQUESTS,
  DELIVERY_ANSWERS,
  NODE,
  POOL_PAIRS,
  POOL_REQUESTS,
  POOL_STORE,
  POOL_ANCHOR,
  POOL_DELETION,
  POOL_WITNESS,
  FALLBACK,
  HEALTH,
  HEALTH_INDICATORS,
  PEER,
  DISTILLATION_CLOSING,
  DISTILLATION_CLOSING_BLOCKS,
  DISTILLATION_SESSION,
  DISTILLATION_BLOCK,
  DISTILLATION_COLLECTING,
  AGREEMENT_STEP,
  AGREEMENT,
  RECOVERY,
  RELAY,
  HYBRID,
  STREAMS,
  ROUTING,
  PHYSICS,
  DRIVERS,
  DRIVERS_LINES,
  DRIVERS_SERVICE,
  DEVICE,
  OPTIONS,
  PROTOCOL,
  EMULATOR,
  CONFIGURATION,
  PLANNING,
  DASHBOARD,
  CHECK,
  EMULATOR_INPUTS,
  EMULATOR_SERVICE,
  EMULATOR_OPTICS,
  EMULATOR_SPECIFICATION,
  PHYSICS_LIMITS,
  DIAGNOSIS,
  EXPLAINING,
  HONESTY,
  REPORT,
  COMMISSIONING,
  NETWORK,
].flat();
