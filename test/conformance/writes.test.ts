import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Judge } from './differences.ts';
import { configMap, specEvent } from './events.ts';
import type { SpecEvent } from './events.ts';
import type { Json } from './normalise.ts';
import { openTarget } from './target.ts';
import { closedWithoutAnswer } from './wire.ts';
import type { HttpAnswer, PublishAnswer, WireEvent } from './wire.ts';

/** Writes that the recordings do not hold, with what a real server (ab480c6) did with them. */

const bundlesPath = '/api/maestro/v1/resource-bundles';
const consumersPath = '/api/maestro/v1/consumers';
const accepted: PublishAnswer = { code: 0, message: '' };

interface Row {
  readonly consumer_name: string;
  readonly version: number;
  readonly deleted_at?: string;
  readonly metadata: Readonly<Record<string, Json>>;
  readonly manifests: readonly Json[];
}

const target = await openTarget();
const judge = new Judge(target.kind);
const run = randomBytes(4).toString('hex');
const consumer = `conf-writes-${run}`;
const other = `conf-other-${run}`;
const source = `conformance-${run}`;
const consumerIds: string[] = [];

beforeAll(async () => {
  for (const name of [consumer, other]) {
    const answer = await post({ name });
    consumerIds.push((answer.body as { id: string }).id);
  }
});

afterAll(async () => {
  for (const id of consumerIds) await target.removeConsumer(id);
  await target.close();
});

describe('create', () => {
  it('stores the version it was given, and 0 as 1', async () => {
    const versions = [];
    for (const version of [0, 7]) versions.push((await row(await create({ version }))).version);
    judge.judge('writes/create with a version', versions, [1, 7]);
  });

  it('is refused while the id is soft-deleted', async () => {
    const id = await create();
    await publish('delete', { id });
    judge.judge('writes/create while deleting', await publish('create', { id }), {
      code: 2,
      message: 'failed to create resource: maestro-6: This Resource already exists',
    });
  });

  it.each([
    { check: 'a work name of 300 characters', spec: { name: 'n'.repeat(300) } },
    { check: 'labels of any syntax', spec: { labels: { 'bad key!': 'a b' } } },
    { check: 'an id that is no UUID', spec: { id: `no uuid ${run}` } },
    { check: 'a manifest name of 300 characters', spec: { data: { manifests: [configMap('m'.repeat(300), {})] } } },
  ])('accepts $check', async ({ check, spec }) => {
    judge.judge(`writes/accepts ${check}`, await publish('create', { id: randomUUID(), ...spec }), accepted);
  });

  it.each<{ check: string; data: Json; message: string }>([
    {
      check: 'a namespace of 64 characters',
      data: {
        manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', namespace: 'm'.repeat(64) } }],
      },
      message: `metadata.namespace: Invalid value: "${'m'.repeat(64)}": must be no more than 63 characters`,
    },
    {
      check: 'two faults at once',
      data: { manifests: [{ apiVersion: 'v1' }] },
      message: '[kind: Required value: field not set, metadata.name: Required value: field not set]',
    },
    {
      check: 'manifests that are no list',
      data: { manifests: {} },
      message:
        'failed to decode manifest bundle: failed to decode cloudevent payload: [json] found bytes "{"manifests":{}}", but failed to unmarshal: json: cannot unmarshal object into Go struct field ManifestBundle.manifests of type []v1.Manifest',
    },
    {
      check: 'a manifest that is a string',
      data: { manifests: ['x'] },
      message:
        'failed to decode manifest bundle: failed to unmarshal manifest raw: json: cannot unmarshal string into Go value of type map[string]interface {}',
    },
  ])('refuses $check', async ({ check, data, message }) => {
    judge.judge(`writes/refuses ${check}`, await publish('create', { id: randomUUID(), data }), {
      code: 2,
      message: `failed to create resource: maestro-8: the manifest bundle in the resource is invalid, ${message}`,
    });
  });

  it.each<{ check: string; change: (event: WireEvent) => WireEvent; answer: PublishAnswer }>([
    { check: 'no event id', change: (event) => ({ ...event, id: '' }), answer: accepted },
    {
      check: 'no spec version',
      change: (event) => ({ ...event, spec_version: '' }),
      answer: { code: 2, message: 'failed to convert to cloudevent: unknown Message encoding' },
    },
    { check: 'no source', change: (event) => ({ ...event, source: '' }), answer: { code: 2, message: '' } },
    { check: 'no type', change: (event) => ({ ...event, type: '' }), answer: { code: 2, message: '' } },
    {
      check: 'a type of another format',
      change: (event) => ({ ...event, type: 'foo' }),
      answer: { code: 2, message: 'failed to parse cloud event type foo, unsupported cloudevents type format: foo' },
    },
    {
      check: 'no resource version',
      change: without('ce-resourceversion'),
      answer: {
        code: 2,
        message:
          'failed to decode cloudevent: failed to get resourceversion extension: invalid CloudEvents value: <nil>',
      },
    },
    {
      check: 'no cluster name',
      change: without('ce-clustername'),
      answer: {
        code: 2,
        message: 'failed to decode cloudevent: failed to get clustername extension: invalid CloudEvents value: <nil>',
      },
    },
    { check: 'no original source', change: without('ce-originalsource'), answer: accepted },
    { check: 'no time', change: without('ce-time'), answer: accepted },
  ])('an event with $check', async ({ check, change, answer }) => {
    const event = change(specEvent('create', { consumer, id: randomUUID(), source }));
    judge.judge(`writes/event with ${check}`, await target.wire.publish(event), answer);
  });
});

describe('update', () => {
  it('replaces the metadata whole: labels that it leaves out are gone', async () => {
    const id = await create({ name: 'labelled', labels: { a: 'b' } });
    expect(await publish('update', { id, name: 'renamed' })).toEqual(accepted);
    const { creationTimestamp: _created, ...metadata } = (await row(id)).metadata;
    judge.judge('writes/update replaces metadata', metadata, { name: 'renamed', namespace: consumer, uid: id });
  });

  it('moves a work neither to another consumer nor to another source', async () => {
    const id = await create();
    const answers = [
      await publish('update', { id, consumer: other }),
      await publish('update', { id, source: `${source}-other` }),
    ];
    const search = encodeURIComponent(`source = '${source}' and id = '${id}'`);
    const bySource = (await target.wire.http('GET', `${bundlesPath}?search=${search}`)) as HttpAnswer;
    judge.judge(
      'writes/update moves nothing',
      { answers, consumer: (await row(id)).consumer_name, bySource: (bySource.body as { total: number }).total },
      { answers: [accepted, accepted], consumer, bySource: 1 },
    );
  });

  it('raises the version even when the very same event comes twice', async () => {
    const id = await create();
    const event = specEvent('update', { consumer, id, source });
    const answers = [await target.wire.publish(event), await target.wire.publish(event)];
    judge.judge(
      'writes/update twice',
      { answers, version: (await row(id)).version },
      { answers: [accepted, accepted], version: 3 },
    );
  });

  it('without data empties the work', async () => {
    const id = await create();
    const { data: _data, ...event } = specEvent('update', { consumer, id, source });
    const answer = await target.wire.publish(event);
    judge.judge(
      'writes/update without data',
      { answer, manifests: (await row(id)).manifests },
      { answer: accepted, manifests: [] },
    );
  });

  it.each([99, -1])('at version %i is refused with the latest', async (version) => {
    const id = await create();
    judge.judge(`writes/update at ${version}`, await publish('update', { id, version }), {
      code: 2,
      message: 'failed to update resource: maestro-6: the resource version is not the latest, the latest version: 1',
    });
  });
});

describe('delete', () => {
  it.each([
    { check: 'a wrong version', spec: { version: 99 } },
    { check: 'another source', spec: { source: 'somebody-else' } },
    { check: 'another consumer', spec: { consumer: 'nowhere' } },
  ])('ignores $check', async ({ check, spec }) => {
    const id = await create();
    const answer = await publish('delete', { id, ...spec });
    const { deleted_at: deletedAt, version } = await row(id);
    judge.judge(
      `writes/delete with ${check}`,
      { answer, deleted: deletedAt !== undefined, version },
      { answer: accepted, deleted: true, version: 1 },
    );
  });

  it('of an id that never was is accepted, over both protocols', async () => {
    const rest = (await target.wire.http('DELETE', `${bundlesPath}/${randomUUID()}`)) as HttpAnswer;
    judge.judge(
      'writes/delete of nothing',
      [await publish('delete', { id: randomUUID() }), rest.status],
      [accepted, 204],
    );
  });

  it('shows the deletion in the metadata, and a repeat leaves its time', async () => {
    const id = await create();
    await publish('delete', { id });
    const first = await row(id);
    await publish('delete', { id });
    await target.wire.http('DELETE', `${bundlesPath}/${id}`);
    judge.judge(
      'writes/delete repeated',
      [typeof first.metadata['deletionTimestamp'], (await row(id)).deleted_at],
      ['string', first.deleted_at],
    );
  });
});

describe('content', () => {
  it('comes back with numbers as doubles, in Go spelling', async () => {
    const id = randomUUID();
    const numbers = '{"a":9007199254740993,"b":1.0,"c":1e21,"d":0.1,"e":123456789012345678901234567890,"f":1e-7}';
    const data = `{"manifests":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"x":${numbers}}]}`;
    expect(await publish('create', { id, data })).toEqual(accepted);
    const text = await (await fetch(`${target.httpEndpoint}${bundlesPath}/${id}`)).text();
    judge.judge(
      'writes/numbers',
      /"x":(\{[^}]*\})/.exec(text)?.[1],
      '{"a":9007199254740992,"b":1,"c":1e+21,"d":0.1,"e":1.2345678901234568e+29,"f":1e-7}',
    );
  });

  it('is gzipped when asked and plain when not', async () => {
    const id = await create();
    const encodings = [];
    for (const accept of ['gzip', 'identity']) {
      const answer = (await target.wire.http('GET', `${bundlesPath}/${id}`, undefined, {
        'accept-encoding': accept,
      })) as HttpAnswer;
      expect((answer.body as { id?: string }).id).toBe(id);
      encodings.push(answer.headers['content-encoding'] ?? 'none');
    }
    judge.judge('writes/gzip', encodings, ['gzip', 'none']);
  });

  it('closes the connection on fields=, wherever there are rows or not', async () => {
    const search = encodeURIComponent(`consumer_name = '${other}'`);
    const answer = await target.wire.http('GET', `${bundlesPath}?fields=id&search=${search}`);
    judge.judge('writes/fields', answer, closedWithoutAnswer);
  });
});

describe('consumers', () => {
  it.each([
    { name: `Capital-${run}`, reason: rfc1123(`Capital-${run}`) },
    { name: `-${run}`, reason: rfc1123(`-${run}`) },
    { name: `ü${run}`, reason: rfc1123(`ü${run}`) },
    { name: `a.${run}`, reason: `"a.${run}": must not contain dots` },
    { name: 'x'.repeat(64), reason: `"${'x'.repeat(64)}": must be no more than 63 characters` },
  ])('refuses the name $name', async ({ name, reason }) => {
    const answer = await post({ name });
    judge.judge(
      `writes/consumer name ${name.replaceAll(run, '*')}`,
      [answer.status, (answer.body as { reason?: string }).reason],
      [500, `Unable to create Consumer: consumer.name: Invalid value: ${reason}`],
    );
  });

  it('takes no id from the client', async () => {
    const answer = await post({ name: `conf-id-${run}`, id: 'mine' });
    const { code, reason } = answer.body as { code?: string; reason?: string };
    judge.judge('writes/consumer with id', [answer.status, code, reason], [400, 'maestro-8', 'id must be empty']);
  });

  it('replaces labels, clears them with an empty map and keeps them without one', async () => {
    const created = await post({ name: `conf-labels-${run}`, labels: { a: 'b' } });
    const { id } = created.body as { id: string };
    consumerIds.push(id);
    const seen = [];
    for (const body of [
      { labels: { 'any key!': 'any value' } },
      {},
      { labels: null },
      { name: 'other' },
      { labels: {} },
    ] as Json[]) {
      const answer = (await target.wire.http('PATCH', `${consumersPath}/${id}`, body)) as HttpAnswer;
      const patched = answer.body as { name: string; labels?: Json };
      seen.push([patched.name.replaceAll(run, '*'), patched.labels]);
    }
    const kept = ['conf-labels-*', { 'any key!': 'any value' }];
    judge.judge('writes/consumer labels', seen, [kept, kept, kept, kept, ['conf-labels-*', undefined]]);
  });
});

describe('differences.json', () => {
  it('declares nothing here that was not compared', () => {
    expect(judge.unjudged(['writes'])).toEqual([]);
  });
});

async function create(spec: Partial<SpecEvent> = {}): Promise<string> {
  const id = randomUUID();
  expect(await publish('create', { id, ...spec })).toEqual(accepted);
  return id;
}

async function publish(
  action: 'create' | 'update' | 'delete',
  spec: Partial<SpecEvent> & { readonly id: string },
): Promise<PublishAnswer> {
  return target.wire.publish(specEvent(action, { consumer, source, ...spec }));
}

async function post(body: Json): Promise<HttpAnswer> {
  return (await target.wire.http('POST', consumersPath, body)) as HttpAnswer;
}

async function row(id: string): Promise<Row> {
  const answer = (await target.wire.http('GET', `${bundlesPath}/${id}`)) as HttpAnswer;
  return answer.body as unknown as Row;
}

function without(attribute: string): (event: WireEvent) => WireEvent {
  return (event) => ({
    ...event,
    attributes: Object.fromEntries(Object.entries(event.attributes ?? {}).filter(([name]) => name !== attribute)),
  });
}

function rfc1123(name: string): string {
  return `"${name}": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`;
}
