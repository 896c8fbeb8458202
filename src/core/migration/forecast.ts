import { storedContent } from '../works/document.ts';
import { manifestKey, type ManifestWork } from '../works/manifest-work.ts';
import type { ResourceBundle } from '../works/resource-bundle.ts';
import { advance, type Advance, type AdvanceOptions, type Rows, type Step } from './advance.ts';
import { proofNames } from './forms.ts';
import { labelOf } from './old-work.ts';
import type { ClusterPlan } from './cluster-plan.ts';

/** What a run would send to a cluster if nothing went wrong, and how it would end. */
export interface Forecast {
  readonly steps: readonly Step[];
  readonly end: Exclude<Advance, { readonly kind: 'write' | 'wait' }>;
}

/** More rounds than any plan takes: each goal takes six. */
const mostRounds = 20;

/**
 * Tells all steps to the goal, by supposing that each is taken and that the
 * agent does what it is asked at once.
 */
export function forecast(plan: ClusterPlan, rows: Rows, options: AdvanceOptions): Forecast {
  const supposed = new Map([...rows].map(([id, row]) => [id, reported(row)]));
  const steps: Step[] = [];
  for (let round = 0; round < mostRounds; round += 1) {
    const next = advance(plan, supposed, options);
    if (next.kind === 'done' || next.kind === 'refused') return { steps, end: next };
    if (next.kind === 'wait') {
      for (const { of } of next.awaited) {
        const row = supposed.get(of.id);
        if (row?.deletedAt !== undefined) supposed.delete(of.id);
      }
      continue;
    }
    for (const step of next.steps) {
      steps.push(step);
      take(step, plan.consumer, supposed);
    }
  }
  throw new Error(`the steps for ${plan.consumer} have no end`);
}

function take(step: Step, consumer: string, rows: Map<string, ResourceBundle>): void {
  const { id } = step.to;
  if (step.kind === 'delete') rows.delete(id);
  else rows.set(id, reported(rowOf(id, consumer, step.work, step.kind === 'create' ? 1 : step.version + 1)));
}

function rowOf(id: string, consumerName: string, work: ManifestWork, version: number): ResourceBundle {
  const { name, labels, annotations, manifests, manifestConfigs, deleteOption } = work;
  return {
    id,
    consumerName,
    version,
    createdAt: '',
    updatedAt: '',
    metadata: { name, labels, annotations },
    manifests,
    manifestConfigs,
    ...(deleteOption === undefined ? {} : { deleteOption }),
    raw: {},
  };
}

/** The row as an agent that has done all reports it. */
function reported(row: ResourceBundle): ResourceBundle {
  const applied = {
    type: 'Applied',
    status: 'True' as const,
    reason: '',
    message: '',
    observedGeneration: row.version,
  };
  const { manifests } = storedContent(row);
  return {
    ...row,
    status: {
      observedVersion: row.version,
      sequenceId: '',
      conditions: [applied],
      resourceStatus: manifests.map((manifest, ordinal) => ({
        resourceMeta: { ordinal, ...manifestKey(manifest), resource: labelOf(manifest) },
        conditions: [applied],
        feedback: [{ name: proofNames.owners, value: row.id }],
      })),
    },
  };
}
