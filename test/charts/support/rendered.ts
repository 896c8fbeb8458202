import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { findHelm } from '../../gitops/rig/binaries.ts';
import { emptyFolder } from '../../support/run-cli.ts';
import { release } from './values.ts';

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly resources: object;
  readonly livenessProbe: object;
  readonly readinessProbe: object;
}
export interface PodSpec extends Readonly<Record<string, unknown>> {
  readonly containers: readonly Container[];
  readonly serviceAccountName: string;
}
export interface KubeObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly rules?: readonly Rule[];
  readonly spec: {
    readonly strategy: { readonly type: string };
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: PodSpec;
    };
    readonly [key: string]: unknown;
  };
}

/** What helm prints for these values, as it would be applied. */
export function renderedText(values: object = {}): string {
  const file = join(emptyFolder(), 'values.json');
  writeFileSync(file, JSON.stringify(values));
  return execFileSync(findHelm() ?? '', [...release, `--values=${file}`], { encoding: 'utf8' });
}

/** The objects that the chart renders with these values. */
export function render(values: object = {}): readonly KubeObject[] {
  // As Helm itself reads YAML: 0444 is octal, and `y` is not text.
  return parseAllDocuments(renderedText(values), { version: '1.1' })
    .map((document) => {
      expect(document.errors).toEqual([]);
      return document.toJS() as KubeObject;
    })
    .filter((object) => object !== null);
}

/** What helm says when it refuses these values. */
export function refusal(values: object): string {
  const file = join(emptyFolder(), 'values.json');
  writeFileSync(file, JSON.stringify(values));
  const { status, stderr } = spawnSync(findHelm() ?? '', [...release, `--values=${file}`], { encoding: 'utf8' });
  expect(status).not.toBe(0);
  return stderr;
}

export const only = (objects: readonly KubeObject[], kind: string, name = ''): KubeObject => {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name.endsWith(name));
  expect(found, `${kind} ${name}`).toHaveLength(1);
  return found[0] as KubeObject;
};
export const podOf = (objects: readonly KubeObject[]): PodSpec => only(objects, 'Deployment').spec.template.spec;
export const controllerOf = (objects: readonly KubeObject[]): Container => podOf(objects).containers[0] as Container;

/** RBAC as a table: group/resource[names] and its verbs. */
export function rights(objects: readonly KubeObject[], kind: string, name = ''): Readonly<Record<string, string>> {
  const { rules = [] } = only(objects, kind, name);
  return Object.fromEntries(
    rules.flatMap((rule) =>
      rule.apiGroups.flatMap((group) =>
        rule.resources.map((resource) => [
          `${group}/${resource}${rule.resourceNames === undefined ? '' : `[${rule.resourceNames.join(' ')}]`}`,
          rule.verbs.join(' '),
        ]),
      ),
    ),
  );
}
