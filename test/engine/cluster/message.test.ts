import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeMessage,
  decodePublish,
  type Extension,
  encodeMessage,
  encodePublish,
  type Gossip,
  type Head,
  messageLength,
} from "../../../src/engine/cluster/message.ts";

const id = fc.stringMatching(/^[0-9a-f]{40}$/u);
const port = fc.integer({ min: 0, max: 65_535 });
const ip = fc.ipV4();
const epoch = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const seconds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

const head: fc.Arbitrary<Head> = fc.record({
  type: fc.constantFrom(0, 1, 2),
  sender: id,
  port,
  busPort: port,
  currentEpoch: epoch,
  configEpoch: epoch,
  offset: epoch,
  slots: fc.uint8Array({ minLength: 2_048, maxLength: 2_048 }),
  primary: fc.oneof(id, fc.constant("")),
  ip: fc.oneof(ip, fc.constant("")),
  flags: port,
  isOk: fc.boolean(),
  messageFlags: fc.integer({ min: 0, max: 255 }),
});
const gossip: fc.Arbitrary<Gossip> = fc.record({
  id,
  pingSentS: seconds,
  pongReceivedS: seconds,
  ip,
  port,
  busPort: port,
  flags: port,
});
const extension: fc.Arbitrary<Extension> = fc.oneof(
  fc.record({
    type: fc.constantFrom("hostname", "nodeName", "clientIpV4", "clientIpV6"),
    text: fc.stringMatching(/^[a-z.0-9]{0,30}$/u),
    seconds: fc.constant(0),
  }),
  fc.record({ type: fc.constant("shardId"), text: id, seconds: fc.constant(0) }),
  fc.record({ type: fc.constant("forgotten"), text: id, seconds }),
);

describe("a message of the bus", () => {
  it("says on arrival what was said", () => {
    fc.assert(
      fc.property(
        head,
        fc.array(gossip, { maxLength: 4 }),
        fc.array(extension, { maxLength: 4 }),
        (said, others, more) => {
          const bytes = encodeMessage(said, others, more);
          expect(messageLength(bytes)).toBe(bytes.length);
          const { data: _data, ...heard } = decodeMessage(bytes)!;
          expect({ ...heard, slots: Uint8Array.from(heard.slots) }).toEqual({
            ...said,
            gossip: others,
            extensions: more,
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  it("that is broken is no message, and nothing worse", () => {
    const whole = (said: Head) => encodeMessage(said, [], [{ type: "hostname", text: "host" }]);
    fc.assert(
      fc.property(head, fc.nat(), fc.uint8Array({ maxLength: 64 }), (said, at, noise) => {
        const bytes = whole(said);
        bytes.set(noise.slice(0, bytes.length - (at % bytes.length)), at % bytes.length);
        expect(() => decodeMessage(bytes)).not.toThrow();
        expect(() => decodeMessage(bytes.subarray(0, at % bytes.length))).not.toThrow();
        expect(() => messageLength(bytes.subarray(0, at % 16))).not.toThrow();
      }),
      { numRuns: 100 },
    );
  });

  it("carries a published message whatever its bytes", () => {
    const bytes = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map(code => String.fromCharCode(code)) });
    fc.assert(
      fc.property(bytes, bytes, (channel, message) => {
        expect(decodePublish(encodePublish(channel, message))).toEqual({ channel, message });
      }),
    );
  });
});
