import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consumerNotation, type Sides } from '../../../src/core/fleet/consumer-notation.ts';
import { renderText, renderWork, type TemplateConsumer } from '../../../src/core/fleet/consumer-template.ts';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { manifestKey, type ManifestWork } from '../../../src/core/works/manifest-work.ts';

const consumer: TemplateConsumer = { name: 'c1', labels: { zone: 'a', 'x.y/tier': 'gold-1' } };

function workOf(data: JsonObject, name = 'm'): ManifestWork {
  const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'd' }, data };
  return { name: 'w', labels: {}, annotations: {}, manifests: [manifest], manifestConfigs: [] };
}

function shown(template: ManifestWork, before: JsonValue, after?: JsonValue): Sides {
  const rendered = renderWork(template, consumer);
  const [manifest = {}] = rendered.manifests;
  return consumerNotation(template, rendered, consumer).sides(manifestKey(manifest), {
    before,
    after: after ?? manifest,
  });
}

/** What a reader makes of it who takes expressions for what they stand for. */
function readBack(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value === 'string') return renderText(value, consumer);
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => readBack(item) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, readBack(member)]));
}

const dataOf = (value: JsonValue | undefined): unknown => (value as JsonObject | undefined)?.['data'];

describe('the notation of a template', () => {
  it.each([
    {
      title: 'the same on both sides',
      template: 'x-{{ consumer.name }}',
      before: 'x-c1',
      want: ['x-{{ consumer.name }}', 'x-{{ consumer.name }}'],
    },
    {
      title: 'the name in what is stored',
      template: 'y-{{ consumer.name }}',
      before: 'x-c1',
      want: ['x-{{ consumer.name }}', 'y-{{ consumer.name }}'],
    },
    {
      title: 'a label where the template asks for it',
      template: 'y{{ consumer.labels.zone }}',
      before: 'a',
      want: ['{{ consumer.labels.zone }}', 'y{{ consumer.labels.zone }}'],
    },
    { title: 'no label where it does not', template: 'b', before: 'a', want: ['a', 'b'] },
    {
      title: 'no part of a word',
      template: 'y-{{ consumer.name }}',
      before: 'abc12',
      want: ['abc12', 'y-{{ consumer.name }}'],
    },
    { title: 'no word that stays as it is', template: 'c1', before: 'c1', want: ['c1', 'c1'] },
    { title: 'two braces', template: '{{ "{{" }} x', before: '{{ y', want: ['{{ "{{" }} y', '{{ "{{" }} x'] },
    {
      title: 'no mask',
      template: 'y-{{ consumer.name }}',
      before: '(masked by maestro-cli: stored)',
      want: ['(masked by maestro-cli: stored)', 'y-{{ consumer.name }}'],
    },
  ])('shows $title', ({ template, before, want }) => {
    const { before: left, after: right } = shown(workOf({ k: template }), workOf({ k: before }).manifests[0] ?? {});
    expect([dataOf(left), dataOf(right)]).toEqual(want.map((k) => ({ k })));
  });

  it('names manifests as the template does, and those that it lacks by the consumer', () => {
    const template = workOf({}, 'm-{{ consumer.name }}');
    const rendered = renderWork(template, consumer);
    const notation = consumerNotation(template, rendered, consumer);
    const key = manifestKey(rendered.manifests[0] ?? {});
    expect(notation.key(key).name).toBe('m-{{ consumer.name }}');
    expect(notation.key({ ...key, name: 'old-c1' }).name).toBe('old-{{ consumer.name }}');
    expect(
      notation.sides('order', { before: ['ConfigMap/d/m-c1', 'ConfigMap/d/c1'], after: undefined }).before,
    ).toEqual(['ConfigMap/d/m-{{ consumer.name }}', 'ConfigMap/d/{{ consumer.name }}']);
  });

  it('says all that is stored and would be, to whoever reads the expressions', () => {
    const piece = fc.constantFrom(
      'c1',
      'a',
      'gold-1',
      '-',
      ' ',
      '{',
      '{{',
      '}}',
      'consumer.name',
      '{{ "{{" }}',
      '"',
      'é',
    );
    const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    const expression = fc.constantFrom(
      '{{ consumer.name }}',
      '{{consumer.labels.zone}}',
      '{{ consumer.labels["x.y/tier"] }}',
      '{{ "{{" }}',
    );
    const plain = fc.constantFrom('c1', 'a', 'x-', ' ', '}');
    const templateText = fc.array(fc.oneof(expression, plain), { maxLength: 5 }).map((pieces) => pieces.join(''));
    const value = fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.constant(3));
    const keys = fc.constantFrom('k', 'l', '__proto__');
    fc.assert(
      fc.property(
        fc.dictionary(keys, fc.oneof(templateText, fc.array(templateText, { maxLength: 3 }))),
        fc.dictionary(keys, value),
        fc.option(fc.dictionary(keys, value), { nil: undefined }),
        (template, before, merged) => {
          const work = workOf(template);
          const stored = workOf(before).manifests[0] ?? {};
          const after = merged === undefined ? renderWork(work, consumer).manifests[0] : workOf(merged).manifests[0];
          const sides = shown(work, stored, after);
          expect(readBack(sides.before)).toEqual(stored);
          expect(readBack(sides.after)).toEqual(after);
        },
      ),
      { numRuns: 500 },
    );
  });
});
