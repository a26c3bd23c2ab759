import { filter, firstValueFrom, timeout } from "rxjs";
import { afterEach, beforeAll, expect, it } from "vitest";
import { PeerDoor } from "../../controller/peer/peer-door.ts";
import { TlsPeerChannel } from "../../controller/peer/tls-peer-channel.ts";
import { networkStamp, SecretBytes } from "../../protocol/index.ts";
import { type TestCertificate, testAuthority } from "./delivery-sites.ts";

let authority: Awaited<ReturnType<typeof testAuthority>>;
const certificates: Record<string, TestCertificate> = {};
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  authority = await testAuthority("authority of nodes");
  for (const name of ["hub", "one", "two", "stranger"]) certificates[name] = await authority.issue(name);
});
afterEach(async () => {
  for (const each of opened.splice(0).toReversed()) await each.close();
});

const credentials = (name: string, peer?: string) => {
  const { cert, key } = certificates[name]!;
  const peerIdentity = peer === undefined ? {} : { peerIdentity: { commonName: peer } };
  return { certificate: cert, privateKey: key, authority: authority.ca, ...peerIdentity };
};

async function channel(
  own: string,
  peer: string,
  pair: string,
  way: { door: PeerDoor } | { connect: string },
) {
  const made = new TlsPeerChannel({
    introduction: { site: "door" in way ? "alice" : "bob", linkId: pair },
    credentials: credentials(own, peer),
    secret: new SecretBytes(new Uint8Array(64).fill(pair.length)),
    reconnectMinMs: 20,
    ...way,
  });
  opened.push(made);
  await made.begin();
  return made;
}

async function hub() {
  const refused: string[] = [];
  const door = new PeerDoor({
    listen: "tls://127.0.0.1:0",
    credentials: credentials("hub"),
    refused: ({ code }) => refused.push(code),
  });
  opened.push(door);
  await door.open();
  return { door, refused, connect: `tls://127.0.0.1:${door.port}` };
}

const state = ({ state$ }: TlsPeerChannel, wanted: string) =>
  firstValueFrom(
    state$.pipe(
      filter((each) => each.state === wanted),
      timeout(8000),
    ),
  );

it("by its certificate, over one port, and one channel's end is no other's", async () => {
  const { door, connect } = await hub();
  const toOne = await channel("hub", "one", "hub~one", { door });
  const toTwo = await channel("hub", "two", "hub~two more", { door });
  const two = await channel("two", "hub", "hub~two more", { connect });
  const one = await channel("one", "hub", "hub~one", { connect });
  await Promise.all([toOne, toTwo, one, two].map((each) => state(each, "up")));
  const heard = firstValueFrom(toTwo.messages$.pipe(timeout(8000)));
  await two.send(networkStamp.kind, new Uint8Array(4));
  expect((await heard).kind).toBe(networkStamp.kind);
  await toOne.close();
  await state(one, "down");
  await two.send(networkStamp.kind, new Uint8Array(4));
  await expect(one.send(networkStamp.kind, new Uint8Array(4))).rejects.toMatchObject({
    code: "QKD_PEER_UNREACHABLE",
  });
});

it("and sends away who has none, and says so", async () => {
  const { door, refused, connect } = await hub();
  await channel("hub", "one", "hub~one", { door });
  const stranger = await channel("stranger", "hub", "hub~one", { connect });
  await state(stranger, "down");
  expect(refused).toContain("QKD_PEER_CERTIFICATE");
});
