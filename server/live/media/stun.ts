import { createHmac, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";

/** The part of STUN (RFC 8489, ICE's attributes of RFC 8445) that the relays' door needs: requests to bind, their proof and their check sum. */

const HEAD = 20;
const COOKIE = 0x2112_a442;
const BINDING_REQUEST = 0x0001;
const USERNAME = 0x0006;
const PRIORITY = 0x0024;
const INTEGRITY = 0x0008;
const INTEGRITY_BYTES = 20;
const FINGERPRINT = 0x8028;
const FINGERPRINT_MASK = 0x5354_554e;
const CONTROLLED = 0x8029;
const CONTROLLING = 0x802a;
/** A message of ICE is far smaller; whatever else is not read. */
const BYTES_MAX = 548;

export interface BindingRequest {
  /** Whom it is for: the fragment of the receiver's name, before the colon. */
  ufrag: string;
  /** Where the sender's tie-breaker stands, eight bytes. */
  tieBreakerAt: number;
  /** Where the priority stands of the address that the sender is seen at, four bytes. */
  priorityAt: number;
  /** Where the attribute of the proof begins. */
  integrityAt: number;
  /** Where the attribute of the check sum begins, behind the proof. */
  fingerprintAt: number;
}

/** A request of ICE to bind with name, priority, role, and behind them proof and check sum; undefined for every other packet. */
export function readBindingRequest(packet: Buffer): BindingRequest | undefined {
  if (packet.length < HEAD || packet.length > BYTES_MAX || packet.length % 4 !== 0) return undefined;
  if (packet.readUInt16BE(0) !== BINDING_REQUEST || packet.readUInt16BE(2) !== packet.length - HEAD || packet.readUInt32BE(4) !== COOKIE) return undefined;
  const found = new Map<number, { at: number; length: number }>();
  for (let at = HEAD; at < packet.length; ) {
    const [type, length] = [packet.readUInt16BE(at), packet.readUInt16BE(at + 2)];
    if (at + 4 + length > packet.length || found.has(type)) return undefined;
    found.set(type, { at, length });
    at += 4 + Math.ceil(length / 4) * 4;
  }
  const [name, priority, integrity, fingerprint] = [found.get(USERNAME), found.get(PRIORITY), found.get(INTEGRITY), found.get(FINGERPRINT)];
  const [controlled, controlling] = [found.get(CONTROLLED), found.get(CONTROLLING)];
  const role = controlled ?? controlling;
  if (!name || !priority || !integrity || !fingerprint || !role || (controlled && controlling)) return undefined;
  if (role.length !== 8 || priority.length !== 4 || integrity.length !== INTEGRITY_BYTES || fingerprint.length !== 4) return undefined;
  if (fingerprint.at !== integrity.at + 4 + INTEGRITY_BYTES || fingerprint.at + 8 !== packet.length || Math.max(name.at, priority.at, role.at) > integrity.at) return undefined;
  const ufrag = packet.toString("latin1", name.at + 4, name.at + 4 + name.length).split(":", 1)[0] ?? "";
  return { ufrag, tieBreakerAt: role.at + 4, priorityAt: priority.at + 4, integrityAt: integrity.at, fingerprintAt: fingerprint.at };
}

export function hasNoTieBreaker(packet: Buffer, { tieBreakerAt }: BindingRequest): boolean {
  return packet.readBigUInt64BE(tieBreakerAt) === 0n;
}

/** Whether whoever sent it knows the password of the receiver. */
export function isProven(packet: Buffer, request: BindingRequest, password: string): boolean {
  const at = request.integrityAt + 4;
  return timingSafeEqual(packet.subarray(at, at + INTEGRITY_BYTES), integrityOf(packet, request, password));
}

/** The same request with another tie-breaker and priority, proven and summed up anew. */
export function rewritten(packet: Buffer, request: BindingRequest, password: string, { tieBreaker, priority }: { tieBreaker: bigint; priority: number }): Buffer {
  const changed = Buffer.from(packet);
  changed.writeBigUInt64BE(tieBreaker, request.tieBreakerAt);
  changed.writeUInt32BE(priority, request.priorityAt);
  integrityOf(changed, request, password).copy(changed, request.integrityAt + 4);
  changed.writeUInt32BE((crc32(changed.subarray(0, request.fingerprintAt)) ^ FINGERPRINT_MASK) >>> 0, request.fingerprintAt + 4);
  return changed;
}

/** The proof covers what stands before it, under a length that ends with it. */
function integrityOf(packet: Buffer, { integrityAt }: BindingRequest, password: string): Buffer {
  const covered = Buffer.from(packet.subarray(0, integrityAt));
  covered.writeUInt16BE(integrityAt + 4 + INTEGRITY_BYTES - HEAD, 2);
  return createHmac("sha1", password).update(covered).digest();
}
