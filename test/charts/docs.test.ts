import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { chartFiles, chartFolder } from '../../scripts/chart.ts';
import { explainedValues, type SchemaNode } from '../../scripts/chart/values-docs.ts';
import { projectRoot } from '../support/run-cli.ts';
import { findHelm } from '../gitops/rig/binaries.ts';
import { refusal } from './support/rendered.ts';
import { full, other } from './support/values.ts';

const read = (file: string): string => readFileSync(join(chartFolder, file), 'utf8');
const values = parse(read('values.yaml')) as Readonly<Record<string, unknown>>;
const schema = JSON.parse(read('values.schema.json')) as SchemaNode & {
  readonly definitions: Readonly<Record<string, SchemaNode>>;
};

test.each([...chartFiles()])('%s of the chart is fresh', (file, text) => {
  expect(read(file), 'run: npm run chart').toBe(text);
});

test('what the chart says of this repository is there', () => {
  const links = ['README.md', 'Chart.yaml', 'values.yaml'].flatMap((file) => [
    ...read(file).matchAll(/maestro-cli\/(?:blob\/)?main\/([^\s#)"]+)(?:#([\w-]+))?/g),
  ]);
  expect(links.length).toBeGreaterThan(4);
  for (const [, path = '', anchor] of links) {
    const text = readFileSync(join(projectRoot, path), 'utf8');
    const titles = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-'));
    if (anchor !== undefined) expect(titles, path).toContain(anchor);
  }
  // Read outside of the repository, such a link leads nowhere.
  expect(read('README.md')).not.toMatch(/\]\(\.\.\//);
});

describe('the schema of the values', () => {
  const explained = explainedValues(read('values.yaml')).map(({ path }) => path);

  /** Every path of the values, with its schema. */
  const walk = (node: SchemaNode, value: unknown, at: string): readonly (readonly [string, SchemaNode])[] => {
    if (node.properties === undefined || explained.includes(at)) return [[at, node]];
    expect(Object.keys(value as object).sort(), `the schema and values.yaml differ at ${at || 'the top'}`).toEqual(
      Object.keys(node.properties).sort(),
    );
    return Object.entries(node.properties).flatMap(([name, child]) =>
      walk(child, (value as Readonly<Record<string, unknown>>)[name], at === '' ? name : `${at}.${name}`),
    );
  };
  const paths = walk(schema, values, '');

  it('knows every value, and the README explains every value', () => {
    expect(paths.map(([path]) => path).sort()).toEqual([...explained].sort());
    for (const path of explained) expect(read('README.md'), path).toContain(`\n| \`${path}\` |`);
  });

  it('describes each and leaves the shape of none open', () => {
    for (const [path, node] of paths) {
      expect(node.description, path).toMatch(/\w/);
      expect(
        Object.keys(node).some((keyword) => ['type', 'enum', 'anyOf', 'allOf'].includes(keyword)),
        path,
      ).toBe(true);
    }
  });

  it('lets nothing else in, but for what other charts keep in global', () => {
    const open = (node: SchemaNode, at: string): readonly string[] => {
      const own = node.properties !== undefined && node['additionalProperties'] === undefined ? [at] : [];
      return [
        ...own,
        ...Object.entries(node.properties ?? {}).flatMap(([name, child]) => open(child, `${at}.${name}`)),
      ];
    };
    expect(open(schema, 'values')).toEqual(['values.global']);
    // What Kubernetes checks itself, and grows with each of its versions.
    expect(Object.entries(schema.definitions).flatMap(([name, node]) => open(node, name))).toEqual([
      'volume',
      'container',
    ]);
  });

  it('is tried with every value set to something else than its default', () => {
    const at = (root: unknown, path: string): unknown =>
      path
        .split('.')
        .reduce<unknown>((node, key) => (node as Readonly<Record<string, unknown>> | undefined)?.[key], root);
    const untried = paths.filter(([path]) =>
      [full, other].every((set) =>
        [undefined, JSON.stringify(at(values, path))].includes(JSON.stringify(at(set, path))),
      ),
    );
    // Refused, whatever it is.
    expect(untried.map(([path]) => path)).toEqual(['fullnameOverride']);
  });
});

describe.skipIf(findHelm() === undefined)('what the schema refuses', () => {
  it.each([
    { values: { securityContext: { runAsNonRot: true } }, says: /runAsNonRot/ },
    { values: { podSecurityContext: { seccompProfile: { type: 'None' } } }, says: /seccompProfile/ },
    { values: { extraEnv: [{ value: 'x' }] }, says: /name/ },
    { values: { extraEnv: [{ name: 'A', from: 'x' }] }, says: /from/ },
    { values: { envFrom: [{ configMap: { name: 'x' } }] }, says: /configMap/ },
    { values: { extraVolumeMounts: [{ name: 'x', path: '/x' }] }, says: /path/ },
    { values: { extraContainers: [{ name: 'x' }] }, says: /image/ },
    { values: { extraObjects: [{ metadata: {} }] }, says: /extraObjects/ },
    { values: { imagePullSecrets: [{ secret: 'x' }] }, says: /imagePullSecrets/ },
    { values: { commonLabels: { 'not a label': 'x' } }, says: /commonLabels|pattern/ },
    { values: { livenessProbe: { httpGet: {} } }, says: /httpGet/ },
    { values: { terminationGracePeriodSeconds: 5 }, says: /terminationGracePeriodSeconds/ },
    { values: { hostAliases: [{ hostnames: ['x'] }] }, says: /ip/ },
    { values: { dnsPolicy: 'Never' }, says: /dnsPolicy/ },
    { values: { affinity: { podAfinity: {} } }, says: /podAfinity/ },
    { values: { tests: { consumers: 'x' } }, says: /consumers/ },
  ])('$values', ({ values: wrong, says }) => {
    expect(refusal(wrong)).toMatch(says);
  });
});
