import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  missingLabels,
  renderText,
  renderWork,
  templateProblems,
  usedLabels,
} from '../../../src/core/fleet/consumer-template.ts';
import type { JsonValue } from '../../../src/core/json.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';

const consumer = { name: 'c1', labels: { env: 'prod', 'a.b/c': 'x', empty: '' } };

function work(data: JsonValue, overrides: Partial<ManifestWork> = {}): ManifestWork {
  const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 's', namespace: 'default' }, data };
  return { name: 'w', labels: {}, annotations: {}, manifests: [manifest], manifestConfigs: [], ...overrides };
}

describe('expressions', () => {
  it.each([
    ['{{ consumer.name }}', 'c1'],
    ['{{consumer.name}}', 'c1'],
    ['a-{{ consumer.name }}-{{ consumer.labels.env }}', 'a-c1-prod'],
    ['{{ consumer.labels["a.b/c"] }}', 'x'],
    ['{{ consumer.labels[ "env" ] }}', 'prod'],
    ['{{ consumer.labels.empty }}', ''],
    ['{{{ consumer.name }}}', '{c1}'],
    ['{{ "{{" }} consumer.name }}', '{{ consumer.name }}'],
    ['{{ "{{" }}{{ consumer.name }}', '{{c1'],
    ['}} {', '}} {'],
  ])('%s becomes %s', (text, rendered) => {
    expect(renderText(text, consumer)).toBe(rendered);
    expect(templateProblems(work({ text }))).toEqual([]);
  });

  it.each([
    '{{ .Values.x }}',
    '{{ consumer }}',
    '{{ consumer.id }}',
    '{{ consumer.labels.a.b }}',
    '{{ consumer.name',
    '{{ consumer.name | upper }}',
    '{{}}',
    '{{ Consumer.name }}',
  ])('%s is none', (text) => {
    const [problem, ...more] = templateProblems(work({ text }));
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ severity: 'error', path: ['spec', 'workload', 'manifests', 0, 'data', 'text'] });
    expect(problem?.message).toContain(JSON.stringify(text));
  });

  it('are no expressions in keys, and that is said', () => {
    expect(templateProblems(work({ '{{ consumer.name }}': 'x', '{{ other }}': 'y' }))).toMatchObject([
      { message: 'expressions are filled in in values, not in keys' },
    ]);
  });

  it('stand in the name, labels, annotations, configs, options and executor too', () => {
    const text = '{{ consumer.name }}';
    const part = { a: [text, 1, null, true, { b: text }] };
    const filled = { a: ['c1', 1, null, true, { b: 'c1' }] };
    const given = work(
      {},
      {
        name: `n-${text}`,
        namespace: text,
        labels: { l: text },
        annotations: { a: text },
        manifestConfigs: [part],
        deleteOption: part,
        executor: part,
      },
    );
    expect(renderWork(given, consumer)).toMatchObject({
      name: 'n-c1',
      namespace: 'c1',
      labels: { l: 'c1' },
      annotations: { a: 'c1' },
      manifestConfigs: [filled],
      deleteOption: filled,
      executor: filled,
    });
  });
});

describe('labels', () => {
  it('are listed once each, and missing ones are told', () => {
    const given = work({
      a: '{{ consumer.labels.env }}{{ consumer.labels.env }}',
      b: '{{ consumer.labels["no/such"] }} {{ consumer.labels.toString }}',
    });
    expect(usedLabels(given).map(({ key }) => key)).toEqual(['env', 'no/such', 'toString']);
    expect(missingLabels(usedLabels(given), consumer).map(({ key }) => key)).toEqual(['no/such', 'toString']);
  });
});

describe('properties', () => {
  const braces = fc.stringMatching(/^[a-z{}" .]{0,12}$/);
  const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
  const withMarkers = (value: JsonValue): boolean => JSON.stringify(value).includes('{{');

  it('what has no marker is the very same value', () => {
    fc.assert(
      fc.property(json, (value) => {
        fc.pre(!withMarkers(value));
        const given = work(value);
        const rendered = renderWork(given, consumer);
        expect(rendered).toEqual(given);
        expect(rendered.manifests).toBe(given.manifests);
        expect(templateProblems(given)).toEqual([]);
      }),
    );
  });

  it('what is filled in is never filled in again', () => {
    fc.assert(
      fc.property(
        braces,
        braces,
        fc.constantFrom('{{ consumer.name }}', '{{ consumer.labels.l }}', '{{ "{{" }}'),
        (label, name, expression) => {
          const hostile = { name: `{{ consumer.labels.l }}${name}`, labels: { l: `{{ consumer.name }}${label}` } };
          const expected = {
            '{{ consumer.name }}': hostile.name,
            '{{ consumer.labels.l }}': hostile.labels.l,
            '{{ "{{" }}': '{{',
          }[expression];
          expect(renderText(`<${expression}>`, hostile)).toBe(`<${expected}>`);
        },
      ),
    );
  });

  it('text that is escaped comes out as it was', () => {
    fc.assert(
      fc.property(fc.oneof(braces, fc.string()), (text) => {
        const escaped = text.replaceAll('{{', '{{ "{{" }}');
        expect(renderText(escaped, consumer)).toBe(text);
      }),
    );
  });

  it('a text either has a problem, or nothing in it is left that looks like an expression', () => {
    const pieces = fc.array(
      fc.constantFrom('{', '{{', '}}', ' ', 'a', '"{{"', 'consumer.name', '{{ consumer.name }}', '{{ "{{" }}', '\n'),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        if (templateProblems(work({ text })).length > 0) expect(text).toContain('{{');
        else if (text.includes('{{')) expect(renderText(text, consumer)).not.toBe(text);
        else expect(renderText(text, consumer)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});
