import { describe, expect, it } from 'vitest';
import { controllerRights, rightText, rightsSettingsOf } from '../../../src/gitops/check/controller-rights.ts';
import { findHelm } from '../rig/index.ts';
import { chartRoles } from '../scenarios/rbac.ts';

const helm = findHelm();
if (helm === undefined) console.log('test/gitops/check: there is no helm, so the roles of the chart are not looked at');

const places = {
  ownNamespace: 'argo-hub',
  classicNamespace: 'open-cluster-management',
  leaseName: 'multicluster-maestro-integrations',
};

/** What the roles of the chart grant, as the checks name rights. */
function granted(values: readonly string[]): readonly string[] {
  const rights = chartRoles(helm ?? '', places.ownNamespace, values).flatMap(({ kind, metadata, rules = [] }) =>
    rules.flatMap(({ apiGroups, resources, resourceNames = [undefined], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          resourceNames.flatMap((name) =>
            verbs.map((verb) => {
              const namespace = kind === 'Role' ? metadata.namespace : undefined;
              return rightText({ verb, group, resource, namespace, name } as Parameters<typeof rightText>[0]);
            }),
          ),
        ),
      ),
    ),
  );
  return [...new Set(rights)].sort();
}

const used = (args: readonly string[]): readonly string[] =>
  controllerRights(rightsSettingsOf(args, places))
    .map((right) => rightText(right))
    .sort();

describe.skipIf(helm === undefined)('the rights that are checked', () => {
  it.each<{ values: readonly string[]; args: readonly string[] }>([
    { values: [], args: [] },
    { values: ['propagation.deliverProject=true'], args: ['--deliver-project'] },
    { values: ['propagation.authorisation=none'], args: ['--authorisation=none'] },
    { values: ['hubId=hub-1'], args: ['--hub-id=hub-1'] },
    { values: ['leaderElection.enabled=false'], args: ['--leader-elect=false'] },
    { values: ['leaderElection.leaseName=other'], args: ['--lease-name=other'] },
    { values: ['coexistence.classicNamespace=ocm'], args: ['--classic-namespace=ocm'] },
    { values: ['aggregation.appsetReport=never'], args: ['--appset-report=never'] },
    { values: ['controllers={propagation}'], args: ['--controllers=propagation'] },
  ])('are those that the chart grants with $values', ({ values, args }) => {
    expect(used(args)).toEqual(granted(values));
  });
});
