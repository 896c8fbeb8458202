import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toWireJson, type JsonObject, type JsonValue } from '../../../src/core/json.ts';
import { decodeStatusEvent } from '../../../src/core/status/decode-status.ts';
import { decodeBundle } from '../../../src/core/works/decode-bundle.ts';
import { MaestroError } from '../../../src/errors.ts';
import { hubNameAnnotation, hubNamespaceAnnotation } from '../../../src/gitops/constants.ts';
import { parseManagedCluster, parsePlacementDecision } from '../../../src/gitops/model/clusters.ts';
import { objectAt } from '../../../src/core/json-fields.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { parseHubText } from '../../../src/gitops/model/shallow.ts';
import { hubObject } from '../bundle/application.ts';
import { hubApp, setUp } from './set-up.ts';
import { nested, placeholder } from './text-hub.ts';

const names = fc.constantFrom(
  '__proto__',
  'constructor',
  'metadata',
  'status',
  'name',
  'conditions',
  'type',
  'value',
  'items',
  '',
  'toString',
  '0',
);
const oddTexts = fc.oneof(
  fc.string(),
  fc.constantFrom('\ud800', 'a\udc00b', '\u0000', '__proto__', placeholder, '2026-13-99T00:00:00Z', '9'.repeat(400)),
);
const oddNumbers = fc.constantFrom(0, -0, 1e308, -1, 1.5, 2 ** 53 + 2, 2 ** 63, Number.MAX_SAFE_INTEGER);

/**
 * Whatever JSON can be: the text of it is what comes, so that `__proto__` is a member and a long number keeps its
 * digits.
 */
const json: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    oddTexts,
    oddNumbers,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(names, tie('value')), { maxLength: 4 })
      .map((entries) => Object.assign(Object.create(null), Object.fromEntries(entries)) as JsonObject),
  ),
})).value;

/** An object with some of its members, at some depth, being something else. */
function damaged(base: JsonObject, paths: readonly (readonly string[])[]): fc.Arbitrary<JsonObject> {
  const damage = fc.array(fc.tuple(fc.constantFrom(...paths), json), { minLength: 1, maxLength: 3 });
  return damage.map((changes) => changes.reduce((object, [path, value]) => withAt(object, path, value), base));
}

function withAt(object: JsonObject, [name = '', ...rest]: readonly string[], value: JsonValue): JsonObject {
  return { ...object, [name]: rest.length === 0 ? value : withAt(objectAt(object, name), rest, value) };
}

/** As it comes over the wire. */
function received(value: JsonValue): JsonObject {
  return parseHubText(textOf(value)) as JsonObject;
}

function textOf(value: JsonValue): string {
  return toWireJson(value).replaceAll(`"${placeholder}"`, nested(600));
}

const hostileApp = damaged(
  hubObject({
    metadata: { ...(hubApp()['metadata'] as JsonObject), name: 'hostile', uid: 'uid-hostile' },
    status: { health: { status: 'Healthy' } },
    operation: { sync: {} },
  }),
  [
    ['metadata', 'labels'],
    ['metadata', 'annotations'],
    ['metadata', 'finalizers'],
    ['metadata', 'ownerReferences'],
    ['metadata', 'uid'],
    ['metadata', 'resourceVersion'],
    ['metadata', 'deletionTimestamp'],
    ['metadata'],
    ['spec'],
    ['spec', 'destination'],
    ['spec', 'project'],
    ['operation'],
    ['operation', 'info'],
    ['status'],
    ['status', 'conditions'],
    ['status', 'operationState'],
    ['status', 'resources'],
  ],
);
const row: JsonObject = {
  id: 'b-hostile',
  kind: 'ResourceBundle',
  consumer_name: 'c1',
  version: 1,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  metadata: {
    name: 'argocd-hostile',
    annotations: { [hubNamespaceAnnotation]: 'argocd', [hubNameAnnotation]: 'hostile' },
  },
  manifests: [],
  manifest_configs: [],
  status: {},
};
const hostileRow = damaged(row, [
  ['metadata'],
  ['metadata', 'annotations'],
  ['metadata', 'annotations', 'maestro-cli.hyperfleet.io/one-shot'],
  ['manifests'],
  ['manifest_configs'],
  ['status'],
  ['status', 'conditions'],
  ['status', 'resourceStatus'],
  ['version'],
  ['created_at'],
  ['deleted_at'],
  ['consumer_name'],
]);
const meta = {
  group: 'argoproj.io',
  resource: 'applications',
  kind: 'Application',
  version: 'v1alpha1',
  namespace: 'argocd',
  name: 'hostile',
};
const hostileData = damaged(
  {
    conditions: [],
    resourceStatus: [
      {
        resourceMeta: meta,
        conditions: [{ type: 'Applied', status: 'True', observedGeneration: 1 }],
        statusFeedback: { values: [{ name: 'status', fieldValue: { type: 'JsonRaw', jsonRaw: '{}' } }] },
      },
    ],
  },
  [['conditions'], ['resourceStatus'], ['metadata']],
);

describe('whatever others write', () => {
  test('nothing throws, no step fails for anybody else, and an innocent application is published and shown', async () => {
    const rawStatus = json.map(textOf);
    await fc.assert(
      fc.asyncProperty(
        fc.array(hostileApp, { maxLength: 3 }),
        fc.array(hostileRow, { maxLength: 3 }),
        fc.array(fc.tuple(hostileData, rawStatus), { maxLength: 4 }),
        json,
        async (apps, rows, reports, other) => {
          const { maestro, hub, hubHandler, maestroHandler, propagate, bringHome, block } = setUp();
          for (const object of apps) {
            const content = received(object);
            hubHandler.applicationSeen('argocd/hostile', parseHubApplication(content));
          }
          for (const parse of [parseManagedCluster, parsePlacementDecision])
            void tolerated(() => parse(received({ metadata: { name: 'x' }, spec: other, status: other })));
          for (const object of rows) {
            const read = tolerated(() => decodeBundle(received(object)));
            if (read !== undefined) maestroHandler.row(read);
          }
          for (const [at, [data, jsonRaw]] of reports.entries()) {
            const wire = received(withAt(data, ['raw'], jsonRaw));
            const entries = objectAt({ wire }, 'wire')['resourceStatus'];
            const list = Array.isArray(entries) ? (entries as readonly JsonValue[]) : [];
            const filled = {
              ...wire,
              resourceStatus: [
                ...list,
                {
                  resourceMeta: meta,
                  conditions: [],
                  statusFeedback: { values: [{ name: 'status', fieldValue: { type: 'JsonRaw', jsonRaw } }] },
                },
              ],
            };
            const status = decodeStatusEvent(filled, 1, String(at + 1));
            maestroHandler.event({
              kind: 'status',
              id: 'b-hostile',
              consumer: 'c1',
              version: 1,
              sequenceId: String(at + 1),
              statusHash: '',
              time: '',
              metadata: objectAt(wire, 'metadata'),
              status,
              data: filled,
            });
          }
          await propagate('argocd/hostile');
          await bringHome('argocd/hostile');
          maestro.published.length = 0;
          hub.patches.length = 0;
          await propagate();
          expect(maestro.published).toMatchObject([{ kind: 'create', target: { consumer: 'c1' } }]);
          block('NotAuthorised', 'no PlacementDecision selects cluster c1');
          await bringHome();
          expect(hub.patches).toHaveLength(1);
          expect(({} as JsonObject)['polluted'] ?? Object.keys(Object.prototype).length).toBe(0);
        },
      ),
      { numRuns: 400 },
    );
  });
});

/** What a translator refuses in so many words is set aside by who reads. */
function tolerated<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof MaestroError && error.code !== 'internal') return undefined;
    throw error;
  }
}
