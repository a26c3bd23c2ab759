import type { Breach } from "../breach.ts";

export const DELIVERY_SERVER: readonly Breach[] = [
  {
    id: "delivery/request-cert",
    file: "controller/delivery/delivery-tls.ts",
    find: "requestCert: true",
    replace: "requestCert: false",
    meaning: "callers are not asked who they are",
    tests: [
      "test/integration/delivery-follows-etsi-014.test.ts",
      "test/integration/delivery-serves-registered-saes-alone.test.ts",
    ],
  },
  {
    id: "delivery/suites",
    file: "controller/delivery/delivery-tls.ts",
    find: "ciphers: FORWARD_SECRET_SUITES,",
    replace: "",
    meaning: "suites without forward secrecy are taken",
    tests: ["test/integration/delivery-serves-registered-saes-alone.test.ts"],
  },
  {
    id: "delivery/groups",
    file: "controller/delivery/delivery-tls.ts",
    find: "tls.groups ?? DEFAULT_GROUPS",
    replace: "DEFAULT_GROUPS",
    meaning: "groups of the site file are not used",
    tests: ["test/integration/delivery-serves-registered-saes-alone.test.ts"],
  },
  {
    id: "delivery/default-groups",
    file: "controller/delivery/delivery-tls.ts",
    find: '"X25519MLKEM768:X25519:prime256v1:secp384r1"',
    replace: '"X25519:prime256v1:secp384r1"',
    meaning: "the post-quantum group is offered to nobody",
    tests: ["test/integration/delivery-knows-its-callers.test.ts"],
  },
  {
    id: "delivery/crl",
    file: "controller/delivery/delivery-tls.ts",
    find: "{ crl: revocationLists(tls.crl) }",
    replace: "{}",
    meaning: "TLS knows nothing of revoked certificates",
    tests: [
      "test/integration/delivery-knows-its-callers.test.ts",
      "test/integration/delivery-serves-registered-saes-alone.test.ts",
    ],
  },
];
