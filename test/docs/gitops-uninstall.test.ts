import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { ClassicController, findHelm, kinds, startRig, type KubeObject, type Rig } from '../gitops/rig/index.ts';
import { eventually } from '../gitops/rig/wait.ts';
import { cliOn } from '../gitops/scenarios/cli.ts';
import { fastClock } from '../gitops/scenarios/fast-clock.ts';
import {
  at,
  createApp,
  namespace,
  settingsFor,
  skipped,
  startController,
  type RunningController,
} from '../gitops/scenarios/support.ts';
import { emptyFolder, projectRoot } from '../support/run-cli.ts';
import { shellWords } from '../support/shell-words.ts';

const page = readFileSync(join(projectRoot, 'docs/gitops-uninstall.md'), 'utf8');
const blocks = [...page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language = '', text = '']) => ({
  language,
  lines: text.trimEnd().split('\n'),
}));
const ownNamespace = 'open-cluster-management';
const helm = findHelm();

/** The few words of kubectl that the page has, as the API sees them. */
async function kubectl(rig: Rig, [verb, ...words]: readonly string[]): Promise<KubeObject> {
  const client = rig.hub.client('kubectl');
  const plain = words.filter((word, index) => !word.startsWith('-') && !['-n', '-p'].includes(words[index - 1] ?? ''));
  const flag = (name: string): string =>
    words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? words[words.indexOf(name) + 1] ?? '';
  const [what = '', name = '', ...rest] = plain;
  const kind = {
    multiclusterhub: kinds.multiClusterHubs,
    deployment: kinds.deployments,
    configmap: kinds.configMaps,
  }[what];
  if (kind === undefined) throw new Error(`the page has kubectl ${verb} ${what}, which this test does not know`);
  const ref = { namespace: flag('-n'), name };
  switch (verb) {
    case 'annotate': {
      const annotations = Object.fromEntries(
        rest.map((word) => (word.endsWith('-') ? [word.slice(0, -1), null] : word.split('='))) as [string, string][],
      );
      return client.mergePatch(kind, ref, { metadata: { annotations } });
    }
    case 'scale':
      return client.mergePatch(kind, ref, { spec: { replicas: Number(flag('--replicas')) } });
    case 'patch':
      expect(flag('--type')).toBe('merge');
      return client.mergePatch(kind, ref, JSON.parse(flag('-p')) as JsonObject);
    case 'create': {
      const [key = '', ...text] = flag('--from-literal').split('=');
      return client.create(kind, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: ref,
        data: { [key]: text.join('=') },
      });
    }
    default:
      throw new Error(`the page has kubectl ${verb}, which this test does not know`);
  }
}

describe.skipIf(skipped || helm === undefined)('the runbook of both pull models', { timeout: 120_000 }, () => {
  it('runs every command of the page in its order on a hub, with the exit code that it says', async () => {
    const rig = await startRig({ clusters: ['c1'], applicationSets: false });
    onTestFinished(() => rig.stop());
    const classic = await ClassicController.start({ hub: rig.hub });
    onTestFinished(() => classic.stop());
    await eventually(() => expect(classic.running).toBe(true));
    const cwd = emptyFolder();
    // One for both: the commands wait until the controller has looked at the switch.
    const clock = fastClock(4);
    let controller: RunningController | undefined;
    const stop = async (): Promise<void> => {
      const running = controller;
      controller = undefined;
      await running?.stop();
    };
    onTestFinished(stop);
    /** What the chart brings: helm takes the command as it is written, and a controller runs by it. */
    const install = async (words: readonly string[]): Promise<void> => {
      execFileSync(helm ?? '', ['template', ...words.slice(1), '--kube-version=1.31.0'], {
        cwd: projectRoot,
        stdio: 'pipe',
      });
      const settings = {
        ...settingsFor(rig),
        election: {
          namespace: ownNamespace,
          name: 'multicluster-maestro-integrations',
          identity: 'pod',
          leaseMs: 15_000,
          renewMs: 10_000,
          retryMs: 2_000,
        },
      };
      controller = startController(rig, settings, {}, clock);
      await createApp(rig, 'runbook');
      await eventually(
        async () => expect(at(await rig.hubApp(`${namespace}/runbook`), 'status', 'health', 'status')).toBe('Healthy'),
        30_000,
      );
    };
    let uid: string | undefined;
    for (const { language, lines } of blocks) {
      expect(language).toBe('sh');
      for (const line of lines) {
        const [command = '', code = '0'] = line.split(' # exit code ');
        const [program, ...words] = shellWords(command);
        if (program === 'kubectl') await kubectl(rig, words);
        else if (program === 'helm' && words[0] === 'install') await install(words);
        else if (program === 'helm' && words[0] === 'uninstall') await stop();
        else {
          expect(program, line).toBe('maestro-cli');
          const run = await cliOn(rig, words, { cwd, clock });
          expect(run.exitCode, `${line}\n${run.stdout}\n${run.stderr}`).toBe(Number(code));
        }
        // Stopped before ours starts; running again at the end.
        if (command.includes('--replicas=0')) await eventually(() => expect(classic.running).toBe(false));
        uid ??= (await rig.spokeApp('c1', namespace, 'runbook'))?.metadata.uid;
      }
    }
    expect(uid).toBeDefined();
    expect((await rig.spokeApp('c1', namespace, 'runbook'))?.metadata.uid).toBe(uid);
    await eventually(() => expect(classic.running).toBe(true));
    const hub = (await rig.hub.admin.list(kinds.multiClusterHubs)).items[0];
    expect(Object.keys(hub?.metadata.annotations ?? {})).toEqual([]);
  });
});
