import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { readDocuments } from '../../../src/core/yaml/read-documents.ts';
import { projectRoot, runCli } from '../../support/run-cli.ts';

export const templateFiles = ['apply', 'apply-and-wait', 'delete', 'wait', 'build-then-apply', 'validate'] as const;

/** What a pod's spec has, as far as tests look at it. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: JsonObject }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly resources: JsonValue;
  readonly securityContext: JsonObject;
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
}

export interface JobObject {
  readonly kind: 'Job';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly backoffLimit: number;
    readonly activeDeadlineSeconds: number;
    readonly ttlSecondsAfterFinished: number;
    readonly podFailurePolicy: {
      readonly rules: readonly {
        readonly action: string;
        readonly onExitCodes?: {
          readonly containerName: string;
          readonly operator: string;
          readonly values: readonly number[];
        };
      }[];
    };
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: Readonly<Record<string, JsonValue>> & {
        readonly containers: readonly Container[];
        readonly terminationGracePeriodSeconds: number;
      };
    };
  };
}

export function templateText(name: string): string {
  return readFileSync(join(projectRoot, 'job-templates', `${name}.yaml`), 'utf8');
}

/** The objects of a text, as kubectl reads it. */
export function objectsOf(text: string): readonly JsonObject[] {
  return readDocuments(text, 'rendered').map(({ value }) => value as JsonObject);
}

/** Renders and reads; a failure shows what was said. */
export async function rendered(
  argv: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<readonly JsonObject[]> {
  const run = await runCli(['job', 'render', ...argv], { files });
  if (run.exitCode !== 0) throw new Error(run.stderr);
  return objectsOf(run.stdout);
}

export function jobOf(objects: readonly JsonObject[]): JobObject {
  const found = objects.filter(({ kind }) => kind === 'Job');
  if (found.length !== 1) throw new Error(`${found.length} Jobs`);
  return found[0] as unknown as JobObject;
}

export function containerOf(job: JobObject, name: 'maestro-cli' | 'status-reporter'): Container {
  const found = job.spec.template.spec.containers.find((container) => container.name === name);
  if (found === undefined) throw new Error(`no container ${name}`);
  return found;
}

export function envOf(container: Container): Readonly<Record<string, string>> {
  return Object.fromEntries(
    container.env.map(({ name, value, valueFrom }) => [name, value ?? JSON.stringify(valueFrom)]),
  );
}

/** What an adapter does with a template: text in place of placeholders, before anything reads it as YAML. */
export function filled(text: string, values: Readonly<Record<string, string>> = sampleValues): string {
  return text.replaceAll(/\$\{([a-z-]+)\}/g, (whole, name: string) => values[name] ?? whole);
}

export const sampleValues: Readonly<Record<string, string>> = {
  'event-id': '20261122',
  'sentinel-event-id': '8f14e45f',
  'target-cluster': 'cluster-west-1',
  'manifest-config-name': 'nodepool-manifest',
  'adapter-type': 'nodepool',
};
