import {
  evaluate,
  explain,
  manifestKey,
  manifestLabel,
  parseExpression,
  type Evidence,
  type JsonObject,
  type Truth,
} from '@openshift-hyperfleet/maestro-cli/core';
import type { WorkChange } from '@openshift-hyperfleet/maestro-cli';
import { writerLabel } from './shared-works.ts';

/** What a status endpoint is told of one writer's part of a work: the keys of maestro-cli's result file. */
export interface Report {
  /** Only when it is decided; it can change again, with the next report. */
  readonly status?: 'success' | 'failure';
  /** CamelCase, at most 128 bytes. */
  readonly reason: string;
  readonly message: string;
  readonly manifestWorkName: string;
  readonly consumer: string;
  readonly phase: 'Applied' | 'InProgress' | 'Failed';
  readonly resources: readonly {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly status: 'Available' | 'Applied' | 'Failed' | 'Unknown';
  }[];
  readonly details: { readonly id: string; readonly version: number; readonly observedVersion: number };
}

/**
 * The writers that have a manifest in the work, each with what the change proves of its manifests, whatever those of
 * others do.
 */
export function reportsOf(change: WorkChange): ReadonlyMap<string, Report> {
  const parts = new Map<string, JsonObject[]>();
  for (const manifest of change.manifests) {
    const writer = writerOf(manifest);
    if (writer !== undefined) parts.set(writer, [...(parts.get(writer) ?? []), manifest]);
  }
  return new Map([...parts].map(([writer, manifests]) => [writer, reportOf(change, manifests)]));
}

function reportOf(change: WorkChange, manifests: readonly JsonObject[]): Report {
  const judged = manifests.map((manifest) => judge(change, manifest));
  const resources = judged.map(({ resource }) => resource);
  const failed = judged.find(({ resource }) => resource.status === 'Failed');
  const waiting = judged.find(({ resource }) => resource.status !== 'Available');
  const about = { manifestWorkName: change.name, consumer: change.consumer, resources };
  const details = { id: change.id, version: change.version, observedVersion: change.status?.observedVersion ?? 0 };
  const where = `ManifestWork ${change.name} on ${change.consumer}`;
  if (change.deletedAt !== undefined)
    return { ...about, reason: 'Deleting', message: `${where} is being deleted`, phase: 'InProgress', details };
  if (failed !== undefined)
    return {
      ...about,
      status: 'failure',
      reason: 'ApplyFailed',
      message: `${where}: ${failed.seen}`,
      phase: 'Failed',
      details,
    };
  if (waiting !== undefined)
    return { ...about, reason: 'Progressing', message: `${where}: ${waiting.seen}`, phase: 'InProgress', details };
  return {
    ...about,
    status: 'success',
    reason: 'Available',
    message: `${where}: ${manifests.length} of ${manifests.length} available`,
    phase: 'Applied',
    details,
  };
}

function judge(
  change: WorkChange,
  manifest: JsonObject,
): { readonly resource: Report['resources'][number]; readonly seen: string } {
  const key = manifestKey(manifest);
  const evidence: Evidence = {
    bundle: change,
    atVersion: change.version,
    gone: change.kind === 'gone',
    feedbackCounts: () => true,
  };
  const truth = (condition: string): Truth => evaluate(parseExpression(`${manifestLabel(key)}:${condition}`), evidence);
  const [applied, available] = [truth('Applied'), truth('Available')];
  const status =
    applied === 'false' ? 'Failed' : applied === 'unknown' ? 'Unknown' : available === 'true' ? 'Available' : 'Applied';
  const seen = explain(
    parseExpression(`${manifestLabel(key)}:${status === 'Applied' ? 'Available' : 'Applied'}`),
    evidence,
  ).join('; ');
  return { resource: { kind: key.kind, namespace: key.namespace, name: key.name, status }, seen };
}

function writerOf(manifest: JsonObject): string | undefined {
  const { labels } = (manifest['metadata'] ?? {}) as { readonly labels?: Readonly<Record<string, unknown>> };
  const writer = labels?.[writerLabel];
  return typeof writer === 'string' ? writer : undefined;
}
