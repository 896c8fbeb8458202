import type { Advance, Rows, Step } from '../../../src/core/migration/advance.ts';
import type { ClusterPlan, NewWork } from '../../../src/core/migration/cluster-plan.ts';
import { hasProof, orphanForm, proofForm } from '../../../src/core/migration/forms.ts';
import type { Condition } from '../../../src/core/status/work-status.ts';
import { manifestKey, type ManifestWork } from '../../../src/core/works/manifest-work.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { bundleOf, configMap, consumer, work } from './stored.ts';

function planWork(name: string, object: string): NewWork {
  return {
    id: `id-${name}`,
    work: work(name, [configMap(object)], { labels: { of: name }, annotations: { by: name } }),
    resources: { [`ConfigMap/default/${object}`]: 'configmaps' },
  };
}

/** The object a moves from np to x, and b from ns to y. */
export const plan: ClusterPlan = {
  consumer,
  old: [
    { ...planWork('np', 'a'), version: 3 },
    { ...planWork('ns', 'b'), version: 5 },
  ],
  new: [planWork('x', 'a'), planWork('y', 'b')],
  managers: [],
  notes: [],
};

const forms: Readonly<Record<string, (one: NewWork) => ManifestWork>> = {
  plain: (one) => one.work,
  proof: (one) => proofForm(one),
  orphan: (one) => orphanForm(one),
  other: (one) => ({ ...one.work, labels: { written: 'since' } }),
  'other-proof': (one) => ({ ...proofForm(one), labels: { written: 'since' } }),
};

/**
 * The rows of np, ns, x and y, a word each: `-` for none, else its form, with `@7` for a version other than that of the
 * plan, `!` when it is being deleted, `?` when its agent has told nothing, `~` when it has applied it and told of no
 * owners, `+` when all is available, too.
 */
export function rowsOf(words: string, of: ClusterPlan = plan): Rows {
  const works: readonly (NewWork & { readonly version?: number })[] = [...of.old, ...of.new];
  const given = words.replace('|', '').split(/\s+/);
  return new Map(
    works.flatMap((one, at): (readonly [string, ResourceBundle])[] => {
      const [, form = '', version = one.version ?? 1, signs = ''] =
        /^([a-z-]+)(?:@(\d+))?([!?~+]?)$/.exec(given[at] ?? '') ?? [];
      if (form === '-') return [];
      const content = forms[form]?.(one);
      if (content === undefined) throw new Error(`no form in ${words}`);
      return [[one.id, rowOf(one.id, content, Number(version), signs)]];
    }),
  );
}

function rowOf(id: string, content: ManifestWork, version: number, sign: string): ResourceBundle {
  const told = { status: 'True', reason: '', message: '', observedGeneration: version } as const;
  const types = sign === '+' ? ['Applied', 'Available'] : ['Applied'];
  const conditions = types.map((type): Condition => ({ type, ...told }));
  const owners = sign !== '~' && hasProof(content) ? [{ name: 'migrationOwners', value: `hub-${id}` }] : [];
  const resourceStatus = content.manifests.map((manifest, ordinal) => ({
    resourceMeta: { ordinal, ...manifestKey(manifest), resource: 'configmaps' },
    conditions,
    feedback: owners,
  }));
  return bundleOf(
    { id, version, work: content },
    {
      ...(sign === '!' ? { deletedAt: '2026-01-01T00:00:00Z' } : {}),
      ...(sign === '?' ? {} : { status: { observedVersion: version, sequenceId: '1', conditions, resourceStatus } }),
    },
  );
}

/** What comes next in a line. */
export function said(next: Advance): string {
  switch (next.kind) {
    case 'write':
      return next.steps.map((step) => stepText(step)).join(', ');
    case 'wait':
      return next.awaited
        .map(({ of, why, version, unproven }) => `${of.work.name}@${version} ${[why, ...unproven].join(' ')}`)
        .join(', ');
    case 'refused':
      return [`${next.reason}:`, next.text, ...(next.latestVersion === undefined ? [] : [next.latestVersion])].join(
        ' ',
      );
    case 'done':
      return 'done';
  }
}

/** Which request it is, of which work at which version, and in which form that is written. */
export function stepText(step: Step): string {
  const { name } = step.to.work;
  if (step.kind === 'delete') return `delete ${name}@${step.version}`;
  const form = step.work.deleteOption !== undefined ? 'orphan' : hasProof(step.work) ? 'proof' : 'plain';
  return step.kind === 'create' ? `create ${name} ${form}` : `${step.why} ${name}@${step.version} ${form}`;
}
