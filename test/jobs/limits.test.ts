import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkEventId, checkImage, jobName } from '../../src/core/jobs/names.ts';
import { storeKindFor } from '../../src/core/jobs/manifest-store.ts';
import { jobSettings, readSettings } from '../../src/core/jobs/settings.ts';
import { jobTiming } from '../../src/core/jobs/timing.ts';
import type { JsonValue } from '../../src/core/json.ts';
import { dnsLabelProblems, labelValueProblems } from '../../src/core/works/names.ts';
import { MaestroError } from '../../src/errors.ts';
import { objectsText } from '../../src/commands/job/render/output.ts';
import { objectsOf } from './support/objects.ts';

function refusal(run: () => unknown): MaestroError {
  try {
    run();
  } catch (error) {
    if (error instanceof MaestroError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('limits of time', () => {
  test.each([
    [270_000, 3, { reporterWait: 330, activeDeadline: 4 * 390 + 70 }],
    [1_500, 0, { reporterWait: 62, activeDeadline: 122 }],
    [60_000, 7, { reporterWait: 120, activeDeadline: 8 * 180 + 10 + 20 + 40 + 80 + 160 + 320 + 360 }],
  ])('%d ms and %d retries', (timeoutMs, retries, expected) => {
    expect(jobTiming(timeoutMs, retries)).toMatchObject(expected);
  });

  test('command, reporter and Job end in this order, whatever the budget', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 86_400_000 }), fc.integer({ min: 0, max: 100 }), (timeoutMs, retries) => {
        const timing = jobTiming(timeoutMs, retries);
        expect(timing.reporterWait * 1000).toBeGreaterThanOrEqual(timeoutMs + 60_000);
        expect(timing.activeDeadline).toBeGreaterThan((retries + 1) * timing.reporterWait);
        expect(Number.isSafeInteger(timing.activeDeadline)).toBe(true);
        expect(timing.terminationGrace).toBeGreaterThan(timing.reporterDelay + 5);
      }),
    );
  });

  test.each([0, 86_400_001])('%d ms is no budget of a Job', (timeoutMs) => {
    expect(refusal(() => jobTiming(timeoutMs, 3)).code).toBe('usage');
  });
});

describe('event ids', () => {
  test('what is taken gives a name and a label that Kubernetes takes, and nothing else is refused', () => {
    const id = fc.oneof(fc.string({ maxLength: 70 }), fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,60}[a-z0-9])?$/));
    fc.assert(
      fc.property(id, (eventId) => {
        const good =
          eventId !== '' && dnsLabelProblems(jobName(eventId)).length === 0 && labelValueProblems(eventId).length === 0;
        if (good) expect(() => checkEventId(eventId)).not.toThrow();
        else expect(refusal(() => checkEventId(eventId)).code).toBe('usage');
      }),
    );
  });

  test.each([['a'.repeat(47)], ['0198c5b2-7c1e-7a33-9f0e-1d2c3b4a5f60'], ['7']])('%s', (eventId) => {
    checkEventId(eventId);
    expect(jobName(eventId).length).toBeLessThanOrEqual(63);
  });

  test.each([['a'.repeat(48)], ['Upper'], ['a.b'], ['-a'], ['a-'], ['a/b'], ['']])('not %s', (eventId) => {
    expect(refusal(() => checkEventId(eventId)).hint).toContain('--sentinel-event-id');
  });
});

describe('images', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  test.each(['a', 'hyperfleet/maestro-cli:latest', 'example.org:5000/a/b_c:1.2-rc', `a@${digest}`, `a/b:1@${digest}`])(
    '%s',
    (image) => {
      expect(() => checkImage('--image', image)).not.toThrow();
    },
  );
  test.each(['', 'a/B', 'a b', 'a:', 'a@sha256:12', 'http://a/b', 'a//b', '-a'])('not "%s"', (image) => {
    expect(refusal(() => checkImage('--image', image)).code).toBe('usage');
  });
});

describe('--set', () => {
  test('without pairs gives what the origin asks for', () => {
    expect(readSettings([])).toMatchObject({
      backoffLimit: 3,
      cpuRequest: '50m',
      memoryRequest: '64Mi',
      cpuLimit: '200m',
      memoryLimit: '256Mi',
      userId: 65_532,
      tokenAudience: 'maestro',
      apiServerCidrs: undefined,
    });
  });

  test('every default is a value that its key takes', () => {
    for (const [key, { standard }] of Object.entries(jobSettings))
      expect(() => readSettings([`${key}=${standard}`]), key).not.toThrow();
  });

  test.each([
    [['user-id=none'], { userId: undefined }],
    [['api-server-cidr=10.96.0.1/32,fd00::1/128'], { apiServerCidrs: ['10.96.0.1/32', 'fd00::1/128'] }],
    [['backoff-limit=0', 'backoff-limit=0'], { backoffLimit: 0 }],
    [['token-audience=https://maestro.example'], { tokenAudience: 'https://maestro.example' }],
  ])('%s', (pairs, expected) => {
    expect(readSettings(pairs)).toMatchObject(expected);
  });

  test.each([
    ['cpu-limits=1', /does not know "cpu-limits"/],
    ['cpu-limit', /needs a value/],
    ['cpu-limit=fast', /quantity/],
    ['cpu-limit=0', /quantity/],
    ['memory-limit=256mb', /quantity/],
    ['user-id=0', /whole number from 1/],
    ['api-server-cidr=10.0.0.1', /no CIDR/],
    ['image-pull-policy=always', /Always/],
    ['service-account=A', /RFC 1123/],
    ['__proto__=1', /does not know/],
  ])('not %s', (pair, message) => {
    expect(refusal(() => readSettings([pair])).message).toMatch(message);
  });

  test('an unknown key lists all of them, the nearest first; a key cannot mean two things', () => {
    const { hint } = refusal(() => readSettings(['ttl-second=5']));
    expect(hint).toMatch(/^Did you mean ttl-seconds\? Use one of: /);
    for (const key of Object.keys(jobSettings)) expect(hint).toContain(key);
    expect(refusal(() => readSettings(['ttl-seconds=5', 'ttl-seconds=6'])).message).toContain('twice');
  });
});

describe('where a manifest goes', () => {
  const secret: JsonValue = { apiVersion: 'v1', kind: 'Secret' };
  test.each<[string, JsonValue, string]>([
    ['plain', { kind: 'ConfigMap', data: { kind: 'Secrets' } }, 'ConfigMap'],
    ['a Secret', secret, 'Secret'],
    ['a Secret in a List', { kind: 'List', items: [{ kind: 'ConfigMap' }, secret] }, 'Secret'],
    ['a Secret in a ManifestWork', { kind: 'ManifestWork', spec: { workload: { manifests: [secret] } } }, 'Secret'],
  ])('%s', (_title, document, kind) => {
    expect(storeKindFor('text', [document])).toBe(kind);
  });

  test('up to 1 MiB, counted in bytes', () => {
    expect(storeKindFor('é'.repeat(524_288), [])).toBe('ConfigMap');
    expect(refusal(() => storeKindFor(`${'é'.repeat(524_288)}a`, []))).toMatchObject({
      code: 'invalid-input',
      reason: 'TooLarge',
    });
  });
});

test('any text survives as YAML and as JSON, placeholders included', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.constantFrom(
      '0o17',
      '1e3',
      'yes',
      '0x1F',
      '1:20',
      '${event-id}',
      'a\n${event-id}: 1\n\n',
      ' x ',
      '\ttab\n',
      '---\na\n',
      '# no comment',
    ),
  );
  fc.assert(
    fc.property(text, (value) => {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', data: { 'manifest.yaml': value } };
      expect(objectsOf(objectsText([object], { output: 'yaml', template: false }))).toEqual([object]);
      expect(JSON.parse(objectsText([object], { output: 'json', template: false }))).toEqual({
        apiVersion: 'v1',
        kind: 'List',
        items: [object],
      });
    }),
  );
});
