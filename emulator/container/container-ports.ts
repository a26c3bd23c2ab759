/** Ports inside the container; the image's Dockerfile names the same ones. */
export const CONTAINER_PORTS = {
  alice: 5525,
  bob: 5526,
  aliceModbus: 1502,
  bobModbus: 1503,
  control: 8080,
} as const;

/** What a port of the container is for. */
export type ContainerPort = keyof typeof CONTAINER_PORTS;

/** The command that serves every port of the container, before any setting of the link. */
export function containerCommand(): string[] {
  const { alice, bob, aliceModbus, bobModbus, control } = CONTAINER_PORTS;
  return [
    "emulate",
    "--alice",
    `tcp://0.0.0.0:${alice}`,
    "--alice",
    `modbus+tcp://0.0.0.0:${aliceModbus}`,
    "--bob",
    `tcp://0.0.0.0:${bob}`,
    "--bob",
    `modbus+tcp://0.0.0.0:${bobModbus}`,
    "--control",
    `tcp://0.0.0.0:${control}`,
  ];
}
