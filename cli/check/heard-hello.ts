import type { TLSSocket } from "node:tls";
import { QkdError, type QkdErrorCode } from "../../errors/index.ts";
import {
  checkPeerVersion,
  connectionHello,
  decodePeerHeader,
  PEER_HEADER_BYTES,
} from "../../protocol/index.ts";
import { spelledId } from "./public-secret-id.ts";

/** Why the other site would not take this one. */
export interface HelloFault {
  readonly code: QkdErrorCode;
  readonly sentence: string;
  readonly remedy: string;
}

const MOST_BYTES = 4096;

/**
 * Waits for the introduction that the other site begins with, once it has accepted this site's certificate, and compares
 * it; null when both are of one link and hold the same secret. Nothing is answered, and the connection is closed.
 */
export async function heardHello(
  socket: TLSSocket,
  own: {
    readonly site: "alice" | "bob";
    readonly linkId: string;
    /** Public id of this site's pre-placed secret; null where it has none to compare. */
    readonly secretId: string | null;
  },
  limitMs: number,
): Promise<HelloFault | null> {
  const heard = await firstMessage(socket, limitMs);
  if (heard === "late")
    return {
      code: "QKD_PEER_PROTOCOL",
      sentence: "leads to a program that does not introduce itself",
      remedy: "check that the address is that of a qkdlink controller's peer.listen",
    };
  if (heard === "closed")
    return {
      code: "QKD_PEER_CERTIFICATE",
      sentence:
        "leads to a site that closes the connection: it does not take this site's certificate, or is full",
      remedy:
        "read the other site's log; check peer.certificate here, peer.authority, peer.crl and peer.identity there",
    };
  try {
    checkPeerVersion(heard);
    const { linkId, site, secretId } = connectionHello.decode(heard);
    if (linkId !== own.linkId)
      return {
        code: "QKD_PEER_PROTOCOL",
        sentence: `leads to a site of link ${JSON.stringify(linkId)}, not of ${JSON.stringify(own.linkId)}`,
        remedy: "give both sites the same linkId, or correct the address",
      };
    if (site === own.site)
      return {
        code: "QKD_PEER_PROTOCOL",
        sentence: `leads to a site that says it is ${site}, too`,
        remedy: "one site is alice, with the QTX, the other bob, with the QRX",
      };
    const theirs = Buffer.from(secretId).toString("hex");
    if (own.secretId !== null && theirs !== own.secretId)
      return {
        code: "QKD_PEER_SECRET",
        sentence: `leads to a site whose pre-placed secret has the public id ${spelledId(theirs)}, and this site's has ${spelledId(own.secretId)}`,
        remedy: "place one and the same file of qkdlink secret as peer.secretFile at both sites",
      };
    return null;
  } catch (error) {
    if (!(error instanceof QkdError)) throw error;
    return {
      code: error.code,
      sentence: `leads to a site with which this one cannot talk: ${error.message}`,
      remedy: error.remedy,
    };
  }
}

/** The body of the first message. */
function firstMessage(socket: TLSSocket, limitMs: number): Promise<Uint8Array | "closed" | "late"> {
  return new Promise((resolve) => {
    let read = Buffer.alloc(0);
    const finish = (heard: Uint8Array | "closed" | "late"): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(heard);
    };
    const timer = setTimeout(() => finish("late"), limitMs);
    socket.on("data", (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      if (read.length < PEER_HEADER_BYTES) return;
      const { bodyBytes } = header(read);
      if (bodyBytes > MOST_BYTES) finish(read.subarray(PEER_HEADER_BYTES));
      else if (read.length >= PEER_HEADER_BYTES + bodyBytes)
        finish(read.subarray(PEER_HEADER_BYTES, PEER_HEADER_BYTES + bodyBytes));
    });
    socket.on("error", () => finish("closed"));
    socket.on("close", () => finish("closed"));
  });
}

/** Of bytes that are no header the body is what comes behind, which `checkPeerVersion` names. */
function header(bytes: Uint8Array): { readonly bodyBytes: number } {
  try {
    return decodePeerHeader(bytes);
  } catch {
    return { bodyBytes: MOST_BYTES + 1 };
  }
}
