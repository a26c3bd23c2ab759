import {
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  interval,
  map,
  merge,
  type Observable,
  ReplaySubject,
  Subject,
  shareReplay,
  startWith,
  takeUntil,
  tap,
} from "rxjs";
import type { QkdError } from "../../errors/index.ts";
import { checkArgument, rule } from "../../options/index.ts";
import type { RegisterValues, ReplyOf, RequestOf } from "../../protocol/index.ts";
import type { LinkCounters } from "../link/link-counters.ts";
import { openTelemetry, type Telemetry } from "../modbus/telemetry.ts";
import type { Session, SessionEvent, SessionStatistics } from "../session/session.ts";
import { parseDeviceAddress, parseTelemetryAddress } from "../transport/address.ts";
import { openTransport } from "../transport/open-transport.ts";
import { type AlarmBook, reconcileAlarms, takeAlarm } from "./alarm-book.ts";
import { BoundedHistory } from "./bounded-history.ts";
import { type CalibrationEvent, calibrate } from "./calibration.ts";
import { type TransceiverCommands, transceiverCommands } from "./commands.ts";
import { Connection, type ConnectionReport, type TransportFactory } from "./connection.ts";
import { type Dated, mergeHealth } from "./health.ts";
import type { DeviceIdentity } from "./identity.ts";
import { KeyExchange, type KeyExchangeCounters } from "./key-exchange.ts";
import { type TransceiverService, transceiverService } from "./service/transceiver-service.ts";
import type { Transceiver, TransceiverAlarm } from "./transceiver.ts";
import { checkTransceiverOptions, type TransceiverOptions } from "./transceiver-options.ts";
import { wallNs } from "./wall-clock.ts";

/** What the driver counted since it was opened; the session's and link's counters are those of the connection now up. */
export interface TransceiverDiagnostics {
  readonly sessions: number;
  readonly frames: Readonly<KeyExchangeCounters>;
  readonly session: SessionStatistics | undefined;
  readonly link: LinkCounters | undefined;
  /** Alarms that fell out of the history of 256. */
  readonly forgottenAlarms: number;
  /** Why the telemetry plane gave nothing in its last round. */
  readonly telemetryError: QkdError | undefined;
}

/** A transceiver as `openTransceiver` gives it: the streams, the commands, and what went on underneath. */
export interface OpenedTransceiver extends Transceiver, TransceiverCommands {
  readonly identity: DeviceIdentity;
  /** Connection states with the error behind each. Replays the last. */
  readonly connection$: Observable<ConnectionReport>;
  /** The telemetry plane, where an address was given. */
  readonly telemetry: Telemetry | undefined;
  /** Lease, settings by name, measurements, adjustments. */
  readonly service: TransceiverService;
  /** Starts a calibration on subscription; see `calibrate`. */
  calibrate(
    step?: RequestOf<"startCalibration">["step"],
    variant?: RequestOf<"startCalibration">["variant"],
  ): Observable<CalibrationEvent>;
  /** The newest 256 alarm changes, oldest first. */
  alarmHistory(): readonly TransceiverAlarm[];
  diagnostics(): TransceiverDiagnostics;
}

const ALARM_HISTORY = 256;
/** A device may tell its status as seldom as once a minute; after so long we ask. */
const STATUS_AGE_MS = 4_000;
const STATUS_CHECK_MS = 2_000;

/**
 * Opens a transceiver and keeps it open: after a loss it reconnects with growing waits, checks that the same device
 * answers, and resumes the key exchange. Rejects with the error of the first connection; a stranger behind the address
 * later closes the transceiver (`rawKeys$` errors with QKD_DEVICE_IDENTITY). The target is an address or a factory.
 */
export async function openTransceiver(
  target: string | TransportFactory,
  options: TransceiverOptions = {},
): Promise<OpenedTransceiver> {
  checkArgument("the transceiver", target, rule.either(rule.text("an address"), rule.callback));
  checkTransceiverOptions(options);
  const factory = typeof target === "string" ? addressFactory(target, options) : target;
  // A wrong telemetry address is told before anything is opened.
  if (options.telemetry !== undefined) parseTelemetryAddress(options.telemetry);

  const tapped = options.tap === undefined ? {} : { tap: options.tap };
  const closed$ = new ReplaySubject<void>(1);
  const events$ = new Subject<SessionEvent>();
  const alarms$ = new Subject<TransceiverAlarm>();
  const changed$ = new Subject<void>();
  const history = new BoundedHistory<TransceiverAlarm>(ALARM_HISTORY);
  const exchange = new KeyExchange();
  let alarmBook: AlarmBook = new Map();
  let status: Dated<ReplyOf<"getStatus">> | undefined;
  let registers: Dated<RegisterValues> | undefined;
  let telemetryError: QkdError | undefined;
  let report: ConnectionReport = { state: "connecting" };

  const takeStatus = (values: ReplyOf<"getStatus">) => {
    status = { values, atMs: performance.now() };
    changed$.next();
  };
  const tellAlarms = (alarms: readonly TransceiverAlarm[]) => {
    for (const alarm of alarms) {
      history.add(alarm);
      alarms$.next(alarm);
    }
  };
  const takeAlarmList = ({ alarms }: ReplyOf<"listAlarms">) => {
    const [book, changes] = reconcileAlarms(alarmBook, alarms);
    alarmBook = book;
    tellAlarms(changes);
  };
  const takeEvent = (event: SessionEvent) => {
    switch (event.name) {
      case "rawKeyQtx":
      case "rawKeyQrx":
        exchange.receive(event);
        return;
      case "status":
        takeStatus(event.message);
        break;
      case "alarm": {
        const [book, alarm] = takeAlarm(alarmBook, event.message);
        alarmBook = book;
        tellAlarms([alarm]);
        break;
      }
    }
    events$.next(event);
  };
  const up = (session: Session, identity: DeviceIdentity) => {
    exchange.attach(session, identity.limits);
    // What these two miss, the next events bring: a failure here ends nothing.
    session.call("getStatus", {}, { apply: takeStatus }).catch(() => {});
    session.call("listAlarms", {}, { apply: takeAlarmList }).catch(() => {});
  };

  const connection = new Connection(
    factory,
    {
      event: takeEvent,
      up,
      down: () => exchange.detach(),
      ended(error) {
        exchange.end(error);
        changed$.next();
        closed$.next();
        closed$.complete();
        for (const subject of [events$, alarms$, changed$]) subject.complete();
      },
    },
    {
      session: { ...options.session, ...tapped },
      backOff: options.reconnect,
      expectedRole: options.role,
      openTimeoutMs: options.openTimeoutMs ?? 10_000,
    },
  );
  connection.report$.subscribe((next) => {
    report = next;
    changed$.next();
  });
  const identity = await openUnlessAborted(connection, options.signal);
  const asking = setInterval(() => {
    const fresh = status !== undefined && performance.now() - status.atMs < STATUS_AGE_MS;
    if (!fresh && report.state === "online")
      connection.call("getStatus", {}, { apply: takeStatus }).catch(() => {});
  }, STATUS_CHECK_MS);
  closed$.subscribe(() => clearInterval(asking));
  const telemetry =
    options.telemetry === undefined
      ? undefined
      : openTelemetry(options.telemetry, {
          expectedSerial: identity.serial,
          ...options.telemetryOptions,
          ...tapped,
        });

  const readings$ = (telemetry?.updates$ ?? EMPTY).pipe(
    tap((update) => {
      if (update.type === "reading") registers = { values: update.values, atMs: performance.now() };
      telemetryError = update.type === "failed" ? update.error : undefined;
    }),
  );
  const health$ = defer(() =>
    merge(changed$, readings$, interval(options.healthIntervalMs ?? 1_000)).pipe(startWith(undefined)),
  ).pipe(
    map(() =>
      mergeHealth(
        { connection: report.state, role: identity.role, status, telemetry: registers },
        performance.now(),
      ),
    ),
    shareReplay({ bufferSize: 1, refCount: true }),
    takeUntil(closed$),
  );
  const lost$ = connection.report$.pipe(
    filter(({ state }) => state !== "online"),
    map(({ error }) => error),
  );

  return {
    ...transceiverCommands(connection.call, wallNs),
    service: transceiverService({ call: connection.call, events$, lost$ }),
    identity,
    telemetry,
    rawKeys$: exchange.frames$,
    health$,
    alarms$: alarms$.asObservable(),
    connection$: connection.report$,
    state$: connection.report$.pipe(
      map(({ state }) => state),
      distinctUntilChanged(),
    ),
    start: (startOptions = {}) => exchange.start(startOptions),
    stop: () => exchange.stop(),
    acknowledge: (frameId) => exchange.acknowledge(frameId),
    calibrate: (step = "all", variant = "fast") =>
      calibrate(connection.call, events$, lost$, { step, variant }),
    alarmHistory: () => history.entries(),
    diagnostics: () => ({
      sessions: connection.sessions,
      frames: { ...exchange.counters },
      session: connection.session?.statistics,
      link: structuredClone(connection.session?.link.counters),
      forgottenAlarms: history.forgotten,
      telemetryError,
    }),
    async close() {
      await connection.close();
      await telemetry?.close();
    },
  };
}

async function openUnlessAborted(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<DeviceIdentity> {
  const giveUp = () => void connection.close();
  signal?.addEventListener("abort", giveUp);
  try {
    const opening = connection.open();
    if (signal?.aborted) giveUp();
    return await opening;
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

function addressFactory(text: string, options: TransceiverOptions): TransportFactory {
  const address = parseDeviceAddress(text);
  return (signal) =>
    openTransport(address, {
      signal,
      ...(options.tls === undefined ? {} : { tls: options.tls }),
      ...(options.connectTimeoutMs === undefined ? {} : { connectTimeoutMs: options.connectTimeoutMs }),
    });
}
