import { CloudEvent } from 'cloudevents';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent, encodeEvent } from '../../src/clients/grpc/event-codec.ts';
import type { WireEvent } from '../../src/clients/grpc/event-codec.ts';
import { loadCloudEventService } from '../../src/clients/grpc/service.ts';
import { workEvent } from '../../src/clients/grpc/work-event.ts';
import type { ManifestWork } from '../../src/core/works/manifest-work.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { WorkRequest } from '../../src/clients/index.ts';
import { thrownBy } from './support/failure.ts';
import { recordedStep, recordedSteps } from './support/recordings.ts';
import type { RecordedEvent } from './support/recordings.ts';

const service = loadCloudEventService();

/** Through the bytes of the wire and back. */
function transmitted(event: WireEvent): WireEvent {
  const { event: received } = service.Publish.requestDeserialize(service.Publish.requestSerialize({ event }));
  if (received === undefined) throw new Error('no event came through');
  return received;
}

const work: ManifestWork = {
  name: 'hyperfleet-cluster1-demo',
  labels: { 'hyperfleet.io/adapter': 'demo' },
  annotations: { 'hyperfleet.io/generation': '1' },
  manifests: [],
  manifestConfigs: [],
};

function recordedWork(event: RecordedEvent): ManifestWork {
  const data = event.data as { manifests: JsonObject[]; manifestConfigs: JsonObject[]; deleteOption: JsonObject };
  return { ...work, manifests: data.manifests, manifestConfigs: data.manifestConfigs, deleteOption: data.deleteOption };
}

function requestOf(event: RecordedEvent): WorkRequest {
  const attributes = event.attributes;
  const target = {
    id: attributes['ce-resourceid']?.['ce_string'] as string,
    consumer: attributes['ce-clustername']?.['ce_string'] as string,
    source: event.source ?? '',
  };
  const version = attributes['ce-resourceversion']?.['ce_integer'] as number;
  if (event.type.endsWith('create_request')) return { kind: 'create', target, work: recordedWork(event) };
  if (event.type.endsWith('update_request')) return { kind: 'update', target, work: recordedWork(event), version };
  return { kind: 'delete', target, workName: work.name, version };
}

describe('the event of a write', () => {
  // The recorded metadata of the first update and the first delete were made by hand in other ways.
  it.each(['create', 'update-v1', 'update-v0-means-latest', 'delete-twice'])('is that of the recording: %s', (step) => {
    const recorded = recordedStep('lifecycle', step).request.event;
    if (recorded === undefined) throw new Error('no event');
    const seconds = Number((recorded.attributes['ce-time']?.['ce_timestamp'] as { seconds: string }).seconds);
    const wire = transmitted(
      encodeEvent(workEvent(requestOf(recorded), { eventId: recorded.id, timeMs: seconds * 1000 })),
    );

    expect({ id: wire.id, source: wire.source, spec_version: wire.spec_version, type: wire.type }).toEqual({
      id: recorded.id,
      source: recorded.source,
      spec_version: '1.0',
      type: recorded.type,
    });
    const comparable = (attributes: Readonly<Record<string, object>>): unknown =>
      Object.fromEntries(
        Object.entries(attributes).map(
          ([name, { attr: _attr, ...value }]: [string, { attr?: string; ce_string?: string }]) => [
            name,
            name === 'ce-metadata' ? (JSON.parse(value.ce_string ?? '') as unknown) : value,
          ],
        ),
      );
    expect(comparable(wire.attributes ?? {})).toEqual(comparable(recorded.attributes));
    const data =
      wire.binary_data === undefined ? undefined : (JSON.parse(Buffer.from(wire.binary_data).toString()) as unknown);
    expect(data).toEqual(recorded.data);
  });

  it('sends integers beyond 2^53 digit by digit', () => {
    const manifest = { apiVersion: 'v1', kind: 'X', metadata: { name: 'x' }, spec: { n: 9007199254740993n } };
    const event = workEvent(
      { kind: 'create', target: { id: 'i', consumer: 'c', source: 's' }, work: { ...work, manifests: [manifest] } },
      { eventId: 'e', timeMs: 0 },
    );
    expect(event.data).toContain('"n":9007199254740993');
  });

  it.each([
    ['id', { id: '', consumer: 'c', source: 's' }, 1],
    ['consumer', { id: 'i', consumer: '', source: 's' }, 1],
    ['source', { id: 'i', consumer: 'c', source: '' }, 1],
    ['int32', { id: 'i', consumer: 'c', source: 's' }, 2 ** 31],
    ['int32', { id: 'i', consumer: 'c', source: 's' }, 1.5],
  ])('is refused for want of a good %s', (word, target, version) => {
    const request: WorkRequest = { kind: 'delete', target, workName: 'w', version };
    const error = thrownBy(() => encodeEvent(workEvent(request, { eventId: 'e', timeMs: 0 })));
    expect(error.code).toBe('internal');
    expect(error.delivery).toBe('not-sent');
    expect(error.message).toContain(word);
  });
});

describe('decodeEvent', () => {
  it('reads every recorded status event', () => {
    const events = recordedSteps('lifecycle').flatMap((step) => step.response_stream ?? []);
    expect(events.length).toBeGreaterThan(3);
    for (const { event } of events) {
      const decoded = decodeEvent(event as WireEvent);
      expect(decoded.id).toBe(event.id);
      if (event.type.endsWith('heartbeat')) {
        expect(decoded).toMatchObject({ source: '', extensions: {} });
        continue;
      }
      expect(decoded.extensions['resourceid']).toBe(event.attributes['ce-resourceid']?.['ce_string']);
      expect(decoded.extensions['resourceversion']).toBe(event.attributes['ce-resourceversion']?.['ce_integer']);
      expect(decoded.contentType).toBe('application/json');
    }
  });

  it('keeps nanoseconds', () => {
    const time = { ce_timestamp: { seconds: '1795345112', nanos: 283859639 } };
    expect(decodeEvent({ attributes: { 'ce-time': time } }).time).toBe('2026-11-22T10:58:32.283859639Z');
  });

  it('does not see attributes without the prefix', () => {
    expect(decodeEvent({ attributes: { clustername: { ce_string: 'c' } } }).extensions).toEqual({});
  });

  it('gives back what encodeEvent was given', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      fc.boolean(),
      fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') }),
    );
    const name = fc
      .stringMatching(/^[a-z][a-z0-9]{3,15}$/)
      .filter((key) => !/^(?:time|type|source|data|subject|schemaurl|dataschema|specversion)/.test(key));
    fc.assert(
      fc.property(
        fc.dictionary(name, value),
        fc.uint8Array({ minLength: 1 }),
        fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') }),
        (extensions, data, time) => {
          const event = new CloudEvent<Uint8Array>({
            ...extensions,
            id: 'i',
            source: 's',
            type: 't',
            specversion: '1.0',
            time: time.toISOString(),
            data,
          });
          const decoded = decodeEvent(transmitted(encodeEvent(event)));
          expect(decoded.extensions).toEqual({ ...extensions });
          expect(new Date(decoded.time ?? '').getTime()).toBe(time.getTime());
          expect(Buffer.from(decoded.data ?? []).equals(Buffer.from(data))).toBe(true);
        },
      ),
    );
  });
});
