import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WireAttribute, WireEvent } from '../../src/clients/grpc/event-codec.ts';
import { publishMethod } from '../../src/clients/grpc/publish-method.ts';
import { loadCloudEventService } from '../../src/clients/grpc/service.ts';

const { Publish } = loadCloudEventService();
const text = fc.string({ unit: 'grapheme', maxLength: 200 });
const bytes = fc.uint8Array({ maxLength: 300 });

const attribute: fc.Arbitrary<WireAttribute> = fc.oneof(
  fc.boolean().map((value) => ({ ce_boolean: value })),
  fc.integer().map((value) => ({ ce_integer: value })),
  text.map((value) => ({ ce_string: value })),
  bytes.map((value) => ({ ce_bytes: value })),
  text.map((value) => ({ ce_uri: value })),
  text.map((value) => ({ ce_uri_ref: value })),
  fc
    .record({ seconds: fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), nanos: fc.nat(999_999_999) })
    .map((value) => ({ ce_timestamp: value })),
);

const event: fc.Arbitrary<WireEvent> = fc.record(
  {
    id: text,
    source: text,
    spec_version: text,
    type: text,
    // proto-loader keeps no attribute of the name __proto__.
    attributes: fc.dictionary(
      text.filter((name) => name !== '__proto__'),
      attribute,
      { maxKeys: 12 },
    ),
    binary_data: bytes,
  },
  { requiredKeys: [] },
);

describe('publishMethod', () => {
  it('is the Publish of proto/', () => {
    expect(publishMethod.path).toBe(Publish.path);
  });

  it('writes the bytes that the compiled descriptor writes', () => {
    fc.assert(
      fc.property(event, (value) => {
        expect(publishMethod.requestSerialize({ event: value })).toEqual(Publish.requestSerialize({ event: value }));
      }),
      { numRuns: 500 },
    );
  });

  it('reads any answer as empty', () => {
    expect(publishMethod.responseDeserialize(Buffer.from([8, 1]))).toEqual({});
  });
});
