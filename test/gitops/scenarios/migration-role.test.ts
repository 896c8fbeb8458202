import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyFolder } from '../../support/run-cli.ts';
import { eventually, findHelm, kinds, startRig, type Rig } from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { chartRoles, notAllowed } from './rbac.ts';
import { cliOn, commandUser } from './cli.ts';
import { at, createApp, namespace, skipped, startController } from './support.ts';

const helm = findHelm();
const ownNamespace = 'open-cluster-management';
const subjects = [
  'migration.rbac.create=true',
  'migration.rbac.subjects[0].kind=User',
  'migration.rbac.subjects[0].name=administrator',
];

describe.skipIf(skipped || helm === undefined)(
  'the role of the chart for those who migrate',
  { timeout: 90_000 },
  () => {
    let rig: Rig;

    keepRig(
      async () => {
        rig = await startRig({ clusters: ['c1'], applicationSets: false });
      },
      async () => {
        await rig?.stop();
      },
    );

    test('suffices for check, freeze, unfreeze, baseline and uninstall with --disable, and without its subjects it is not there', async () => {
      const controller = startController(rig);
      await createApp(rig, 'role');
      await eventually(
        async () => expect(at(await rig.hubApp(`${namespace}/role`), 'status', 'health', 'status')).toBe('Healthy'),
        20_000,
      );
      await controller.stop();
      // So that there is one to take off.
      await rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name: 'role' },
        {
          status: {
            conditions: [
              { type: 'MaestroDeliveryWarning', message: 'ours', lastTransitionTime: '2026-01-01T00:00:00Z' },
            ],
          },
        },
      );
      const cwd = emptyFolder();
      const backup = `--backup=${join(cwd, 'b.jsonl')}`;
      await cliOn(rig, ['gitops', 'check'], { cwd });
      for (const argv of [
        ['freeze', '--yes', '--cluster-selector=name=c1'],
        ['unfreeze', '--yes'],
        ['baseline'],
        ['uninstall', '--keep-workloads', '--yes', '--disable', backup],
        ['uninstall', '--keep-workloads', '--yes', backup],
      ])
        expect(await cliOn(rig, ['gitops', ...argv], { cwd }), argv.join(' ')).toMatchObject({ exitCode: 0 });
      const requests = rig.hub.front.requests({ user: commandUser });
      const granted = (values: readonly string[]): ReturnType<typeof chartRoles> =>
        chartRoles(helm ?? '', ownNamespace, values).filter(({ metadata }) => metadata.name.endsWith('-migration'));
      // Maestro may run on any namespace, or elsewhere: check says that it cannot look there, and goes on.
      expect(notAllowed(requests, granted(subjects))).toEqual(['list apps/deployments maestro/']);
      expect(rig.hub.front.verbsUsed(commandUser)).toEqual(
        expect.arrayContaining([
          'create /configmaps',
          'get coordination.k8s.io/leases',
          'list work.open-cluster-management.io/manifestworks',
          'patch argoproj.io/applications',
        ]),
      );
      expect(granted(subjects.slice(0, 1))).toEqual([]);
      expect(notAllowed(requests, chartRoles(helm ?? '', ownNamespace, [])).length).toBeGreaterThan(3);
    });
  },
);
