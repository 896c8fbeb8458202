import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/output/findings/finding.ts';
import { projectRoot, runCli } from '../../support/run-cli.ts';

const folder = join(projectRoot, 'test/fixtures/validate/crds');
const textOf = (name: string): string => readFileSync(join(folder, `${name}.yaml`), 'utf8');

async function findingsOf(
  argv: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const run = await runCli(['validate', '-o', 'json', ...argv], { files });
  const { findings } = JSON.parse(run.stdout) as { readonly findings: readonly Finding[] };
  return findings.map(
    ({ line, path, rule, suggestion }) =>
      `${line} ${path} ${rule}${suggestion === undefined ? '' : ` (${suggestion})`}`,
  );
}

describe('CustomResourceDefinitions in the shapes that real tools write', () => {
  test.each(readdirSync(folder))('%s has no finding', async (file) => {
    expect(await findingsOf(['-f', file], { [file]: readFileSync(join(folder, file), 'utf8') })).toEqual([]);
  });

  test('are taken by apply --dry-run, too', async () => {
    const files = { 'crd.yaml': textOf('controller-gen') };
    const run = await runCli(['apply', '--dry-run', '-f', 'crd.yaml', '--name=crd', '-c', 'c1'], { files });
    expect(run.exitCode, run.stderr).toBe(0);
  });

  test.each<readonly [string, string, string, string]>([
    [
      'controller-gen',
      'listKind: WidgetList',
      'listkind: WidgetList',
      'spec.names.listkind unknown-field (did you mean "listKind"?)',
    ],
    [
      'controller-gen',
      '- description: Whether the widget serves',
      '- descripton: Whether the widget serves',
      'spec.versions[0].additionalPrinterColumns[0].descripton unknown-field (did you mean "description"?)',
    ],
    [
      'controller-gen',
      'x-kubernetes-int-or-string: true',
      'x-kubernetes-int-or-string: "true"',
      'spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.maxUnavailable.x-kubernetes-int-or-string wrong-type (write it without quotes)',
    ],
    [
      'controller-gen',
      'reason: FieldValueInvalid',
      'reason: FieldValueInvald',
      'spec.versions[0].schema.openAPIV3Schema.properties.spec.x-kubernetes-validations[0].reason unsupported-value (did you mean "FieldValueInvalid"?)',
    ],
    [
      'controller-gen',
      'maxLength: 256',
      'maxLenght: 256',
      'spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.description.maxLenght unknown-field (did you mean "maxLength"?)',
    ],
    [
      'controller-gen',
      'name: widgets.tools.example.com',
      'name: widget.tools.example.com',
      'metadata.name invalid-name (it must be widgets.tools.example.com)',
    ],
    [
      'argo-cd',
      'jqPathExpressions:\n                      items:',
      'jqPathExpressions:\n                      item:',
      'spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.ignoreDifferences.items.properties.jqPathExpressions.item unknown-field (did you mean "items"?)',
    ],
    ['argo-cd', 'priority: 10', 'priority: high', 'spec.versions[0].additionalPrinterColumns[1].priority wrong-type'],
    [
      'argo-cd',
      'subresources: {}',
      'subresource: {}',
      'spec.versions[0].subresource unknown-field (did you mean "subresources"?)',
    ],
    [
      'hypershift',
      'conversionReviewVersions:',
      'conversionReviewVersion:',
      'spec.conversion.webhook.conversionReviewVersion unknown-field (did you mean "conversionReviewVersions"?)',
    ],
    [
      'hypershift',
      'caBundle: LS0tLS1CRUdJTg==',
      'caBundle: "-----BEGIN"',
      'spec.conversion.webhook.clientConfig.caBundle not-base64 (encode it, or put plain text into stringData of a Secret)',
    ],
    [
      'hypershift',
      'x-kubernetes-list-map-keys: [cidr]',
      'x-kubernetes-list-map-key: [cidr]',
      'spec.versions[1].schema.openAPIV3Schema.properties.spec.properties.networking.properties.clusterNetwork.x-kubernetes-list-map-key unknown-field (did you mean "x-kubernetes-list-map-keys"?)',
    ],
    [
      'hypershift',
      'exclusiveMinimum: true',
      'exclusiveMinimum: 0',
      'spec.versions[1].schema.openAPIV3Schema.properties.spec.properties.services.items.properties.port.exclusiveMinimum wrong-type',
    ],
    ['ocm', '  scope: Cluster\n', '', 'spec.scope missing-field'],
    [
      'ocm',
      'externalDocs: {description:',
      'externalDocs: {desription:',
      'spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.leaseDurationSeconds.externalDocs.desription unknown-field (did you mean "description"?)',
    ],
    [
      'ocm',
      'default: 60',
      'default: 60\n                  defualt: 60',
      'spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.leaseDurationSeconds.defualt unknown-field (did you mean "default"?)',
    ],
  ])('%s, broken at %j, is told with line and suggestion', async (name, from, to, expected) => {
    const text = textOf(name);
    expect(text).toContain(from);
    const findings = await findingsOf(['-f', 'crd.yaml'], { 'crd.yaml': text.replace(from, () => to) });
    expect(findings.map((finding) => finding.slice(finding.indexOf(' ') + 1))).toContain(expected);
    const line = Number(findings.find((finding) => finding.endsWith(expected))?.split(' ')[0]);
    const changed = to === '' ? 'spec:' : (to.split('\n').at(-1) ?? '').trim();
    const written = text.replace(from, () => to).split('\n')[line - 1] ?? '';
    expect(written.includes(changed) || written.includes((to.split('\n')[0] ?? '').trim())).toBe(true);
  });
});

describe('custom resources of them', () => {
  const widget = (spec: string, more = ''): string =>
    `apiVersion: tools.example.com/v1beta1\nkind: Widget\nmetadata: {name: one, namespace: shop}\nspec: ${spec}\n${more}`;
  const fleet = (platform: string): string =>
    `apiVersion: hosted.example.io/v1beta1\nkind: Fleet\nmetadata: {name: one, namespace: shop}\nspec: {release: {image: ab}, platform: ${platform}}\n`;

  test.each<readonly [string, string, readonly string[]]>([
    [
      'controller-gen',
      widget('{image: a, description: free text, maxUnavailable: 50%, resources: {cpu: 100m, memory: 1}}'),
      [],
    ],
    ['controller-gen', widget('{image: a, paused: null, selector: null, timeout: null}', 'status: null\n'), []],
    ['controller-gen', widget('{image: a}', 'status: {conditions: [{type: Ready}]}\n'), []],
    ['controller-gen', widget('{image: null}'), []],
    ['controller-gen', widget('{image: a, replicas: 11}'), ['4 spec.replicas invalid-value']],
    [
      'controller-gen',
      widget('{image: a, discription: x}'),
      ['4 spec.discription unknown-field (did you mean "description"?)'],
    ],
    ['hypershift', fleet('{type: None}'), []],
    ['hypershift', fleet('{type: AWS, aws: {resourceTags: [{key: a, value: b}]}}'), []],
    ['hypershift', fleet('{type: AWS}'), ['4 spec.platform invalid-value']],
    [
      'hypershift',
      fleet('{type: None}').replace('v1beta1', 'v1alpha1'),
      ['1 apiVersion unknown-kind (it serves v1beta1)'],
    ],
    [
      'ocm',
      'apiVersion: hub.example.io/v1\nkind: Member\nmetadata: {name: one}\nspec: {taints: [{effect: NoSelect, key: a, timeAdded: null}]}\n',
      [],
    ],
    [
      'ocm',
      'apiVersion: hub.example.io/v1\nkind: Member\nmetadata: {name: one, namespace: shop}\n',
      ['3 metadata.namespace wrong-scope (leave metadata.namespace out)'],
    ],
    ['ocm', 'apiVersion: hub.example.io/v1\nkind: Member\nmetadata: {name: One}\n', ['3 metadata.name invalid-name']],
    [
      'argo-cd',
      'apiVersion: deploy.example.io/v1alpha1\nkind: Release\nmetadata: {name: one}\nspec: {source: {repoURL: a}}\n',
      ['3 metadata.namespace wrong-scope (set metadata.namespace)'],
    ],
  ])('%s %#', async (name, manifest, expected) => {
    expect(
      await findingsOf(['-f', 'one.yaml', '--schema=crd.yaml'], { 'crd.yaml': textOf(name), 'one.yaml': manifest }),
    ).toEqual(expected);
  });
});
