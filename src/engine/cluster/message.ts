// Messages of the cluster bus as they stand on the wire: one head for all, and behind it what the type brings.

import type { ClusterNode } from "./node.ts";

export const TYPE = {
  ping: 0,
  pong: 1,
  meet: 2,
  fail: 3,
  publish: 4,
  authRequest: 5,
  authAck: 6,
  update: 7,
  manualStart: 8,
  module: 9,
  publishShard: 10,
} as const;

/** As CLUSTER INFO names the types. */
export const TYPE_NAMES = [
  "ping",
  "pong",
  "meet",
  "fail",
  "publish",
  "auth-req",
  "auth-ack",
  "update",
  "mfstart",
  "module",
  "publishshard",
] as const;

/** Flags of a message. */
export const PAUSED = 1;
export const FORCE_ACK = 2;
export const EXTENDED = 4;

/** A short head in place of the full one; nobody sends it to who does not say that it knows it. */
export const LIGHT = 0x8000;

const SIGNATURE = "RCmb";
export const HEAD_BYTES = 2_256;
const SLOT_BYTES = 2_048;
const ID_BYTES = 40;
const IP_BYTES = 46;
const GOSSIP_BYTES = 104;
const NO_ID = "\0".repeat(ID_BYTES);

export interface Gossip {
  readonly id: string;
  readonly pingSentS: number;
  readonly pongReceivedS: number;
  readonly ip: string;
  readonly port: number;
  readonly busPort: number;
  readonly flags: number;
}

export interface Extension {
  readonly type: "hostname" | "nodeName" | "forgotten" | "shardId" | "clientIpV4" | "clientIpV6";
  readonly text: string;
  /** Of a forgotten node: for how many seconds more. */
  readonly seconds?: number;
}

const EXTENSIONS: readonly Extension["type"][] = [
  "hostname",
  "nodeName",
  "forgotten",
  "shardId",
  "clientIpV4",
  "clientIpV6",
];

export interface Head {
  readonly type: number;
  readonly sender: string;
  readonly port: number;
  readonly busPort: number;
  readonly currentEpoch: number;
  readonly configEpoch: number;
  readonly offset: number;
  readonly slots: Uint8Array;
  /** Of a replica: its primary's id; "" for none. */
  readonly primary: string;
  readonly ip: string;
  readonly flags: number;
  readonly isOk: boolean;
  readonly messageFlags: number;
}

export interface Message extends Head {
  readonly gossip: readonly Gossip[];
  readonly extensions: readonly Extension[];
  /** What stands behind the head, for other types. */
  readonly data: Buffer;
}

export function hasSlot(slots: Uint8Array, slot: number): boolean {
  return (slots[slot >> 3] & (1 << (slot & 7))) !== 0;
}

/** The slots of a node as bits. */
export function slotBits(owners: readonly (ClusterNode | null)[], node: ClusterNode): Uint8Array {
  const bits = new Uint8Array(SLOT_BYTES);
  if (node.slotCount === 0) return bits;
  for (let slot = 0; slot < owners.length; slot++) if (owners[slot] === node) bits[slot >> 3] |= 1 << (slot & 7);
  return bits;
}

function zeroed(buffer: Buffer, from: number, bytes: number): string {
  const text = buffer.toString("latin1", from, from + bytes);
  const zero = text.indexOf("\0");
  return zero === -1 ? text : text.slice(0, zero);
}

export function encodeMessage(
  head: Head,
  gossip: readonly Gossip[] = [],
  extensions: readonly Extension[] = [],
  data: Uint8Array = new Uint8Array(0),
): Buffer {
  const tail = [...gossip.map(encodeGossip), ...extensions.map(encodeExtension), data];
  const buffer = Buffer.alloc(HEAD_BYTES);
  buffer.write(SIGNATURE, 0, "latin1");
  buffer.writeUInt32BE(HEAD_BYTES + tail.reduce((sum, { length }) => sum + length, 0), 4);
  buffer.writeUInt16BE(1, 8);
  buffer.writeUInt16BE(head.port, 10);
  buffer.writeUInt16BE(head.type, 12);
  buffer.writeUInt16BE(gossip.length, 14);
  buffer.writeBigUInt64BE(BigInt(head.currentEpoch), 16);
  buffer.writeBigUInt64BE(BigInt(head.configEpoch), 24);
  buffer.writeBigUInt64BE(BigInt(head.offset), 32);
  buffer.write(head.sender, 40, ID_BYTES, "latin1");
  buffer.set(head.slots, 80);
  buffer.write(head.primary === "" ? NO_ID : head.primary, 2_128, ID_BYTES, "latin1");
  buffer.write(head.ip, 2_168, IP_BYTES - 1, "latin1");
  buffer.writeUInt16BE(extensions.length, 2_214);
  buffer.writeUInt16BE(head.busPort, 2_248);
  buffer.writeUInt16BE(head.flags, 2_250);
  buffer[2_252] = head.isOk ? 0 : 1;
  buffer[2_253] = head.messageFlags;
  return Buffer.concat([buffer, ...tail]);
}

function encodeGossip(gossip: Gossip): Buffer {
  const buffer = Buffer.alloc(GOSSIP_BYTES);
  buffer.write(gossip.id, 0, ID_BYTES, "latin1");
  buffer.writeUInt32BE(gossip.pingSentS, 40);
  buffer.writeUInt32BE(gossip.pongReceivedS, 44);
  buffer.write(gossip.ip, 48, IP_BYTES - 1, "latin1");
  buffer.writeUInt16BE(gossip.port, 94);
  buffer.writeUInt16BE(gossip.busPort, 96);
  buffer.writeUInt16BE(gossip.flags, 98);
  return buffer;
}

function encodeExtension({ type, text, seconds = 0 }: Extension): Buffer {
  const fixed = type === "forgotten" ? ID_BYTES + 8 : type === "shardId" ? ID_BYTES : text.length + 1;
  const length = 8 + Math.ceil(fixed / 8) * 8;
  const buffer = Buffer.alloc(length);
  buffer.writeUInt32BE(length, 0);
  buffer.writeUInt16BE(EXTENSIONS.indexOf(type), 4);
  buffer.write(text, 8, "latin1");
  if (type === "forgotten") buffer.writeBigUInt64BE(BigInt(seconds), 8 + ID_BYTES);
  return buffer;
}

/** Length of the message that begins here; 0 while that is not known yet, -1 when it is no message. */
export function messageLength(buffer: Buffer): number {
  if (buffer.length < 8) return 0;
  if (buffer.toString("latin1", 0, 4) !== SIGNATURE) return -1;
  const length = buffer.readUInt32BE(4);
  return length < 16 ? -1 : length;
}

/** Null when it says something impossible. */
export function decodeMessage(buffer: Buffer): Message | null {
  if (buffer.length < HEAD_BYTES || buffer.readUInt16BE(8) !== 1) return null;
  const type = buffer.readUInt16BE(12);
  const count = type <= TYPE.meet ? buffer.readUInt16BE(14) : 0;
  if (HEAD_BYTES + count * GOSSIP_BYTES > buffer.length) return null;
  const gossip: Gossip[] = [];
  for (let i = 0; i < count; i++) {
    const at = HEAD_BYTES + i * GOSSIP_BYTES;
    gossip.push({
      id: buffer.toString("latin1", at, at + ID_BYTES),
      pingSentS: buffer.readUInt32BE(at + 40),
      pongReceivedS: buffer.readUInt32BE(at + 44),
      ip: zeroed(buffer, at + 48, IP_BYTES),
      port: buffer.readUInt16BE(at + 94),
      busPort: buffer.readUInt16BE(at + 96),
      flags: buffer.readUInt16BE(at + 98),
    });
  }
  const extended = type <= TYPE.meet ? buffer.readUInt16BE(2_214) : 0;
  const extensions = decodeExtensions(buffer, HEAD_BYTES + count * GOSSIP_BYTES, extended);
  if (extensions === null) return null;
  return {
    type,
    sender: buffer.toString("latin1", 40, 40 + ID_BYTES),
    port: buffer.readUInt16BE(10),
    busPort: buffer.readUInt16BE(2_248),
    currentEpoch: Number(buffer.readBigUInt64BE(16)),
    configEpoch: Number(buffer.readBigUInt64BE(24)),
    offset: Number(buffer.readBigUInt64BE(32)),
    slots: buffer.subarray(80, 80 + SLOT_BYTES),
    primary: zeroed(buffer, 2_128, ID_BYTES),
    ip: zeroed(buffer, 2_168, IP_BYTES),
    flags: buffer.readUInt16BE(2_250),
    isOk: buffer[2_252] === 0,
    messageFlags: buffer[2_253],
    gossip,
    extensions,
    data: buffer.subarray(HEAD_BYTES),
  };
}

function decodeExtensions(buffer: Buffer, from: number, count: number): Extension[] | null {
  const extensions: Extension[] = [];
  let at = from;
  for (let i = 0; i < count; i++) {
    if (at + 8 > buffer.length) return null;
    const length = buffer.readUInt32BE(at);
    if (length < 8 || length % 8 !== 0 || at + length > buffer.length) return null;
    const type = EXTENSIONS[buffer.readUInt16BE(at + 4)];
    const isForgotten = type === "forgotten" && length >= 8 + ID_BYTES + 8;
    const text = zeroed(buffer, at + 8, type === "shardId" || isForgotten ? ID_BYTES : length - 8);
    const seconds = isForgotten ? Number(buffer.readBigUInt64BE(at + 8 + ID_BYTES)) : 0;
    if (type !== undefined) extensions.push({ type, text, seconds });
    at += length;
  }
  return extensions;
}

// -----------------------------------------------------------------------------------------------------------------
// What stands behind the head.

export function encodePublish(channel: string, message: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(channel.length, 0);
  head.writeUInt32BE(message.length, 4);
  return Buffer.concat([head, Buffer.from(channel + message, "latin1")]);
}

export function decodePublish(data: Buffer): { readonly channel: string; readonly message: string } | null {
  if (data.length < 8) return null;
  const [channel, message] = [data.readUInt32BE(0), data.readUInt32BE(4)];
  if (data.length < 8 + channel + message) return null;
  return {
    channel: data.toString("latin1", 8, 8 + channel),
    message: data.toString("latin1", 8 + channel, 8 + channel + message),
  };
}

export function encodeUpdate(id: string, epoch: number, slots: Uint8Array): Buffer {
  const buffer = Buffer.alloc(8 + ID_BYTES);
  buffer.writeBigUInt64BE(BigInt(epoch), 0);
  buffer.write(id, 8, "latin1");
  return Buffer.concat([buffer, slots]);
}

export function decodeUpdate(
  data: Buffer,
): { readonly id: string; readonly epoch: number; readonly slots: Buffer } | null {
  if (data.length < 8 + ID_BYTES + SLOT_BYTES) return null;
  return {
    epoch: Number(data.readBigUInt64BE(0)),
    id: data.toString("latin1", 8, 8 + ID_BYTES),
    slots: data.subarray(8 + ID_BYTES, 8 + ID_BYTES + SLOT_BYTES),
  };
}

/** The id behind the head of a FAIL message. */
export function failedId(data: Buffer): string {
  return data.toString("latin1", 0, ID_BYTES);
}
