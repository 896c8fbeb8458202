import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ClassicController, findHelm, kinds, startRig } from '../gitops/rig/index.ts';
import { eventually } from '../gitops/rig/wait.ts';
import { cliOn } from '../gitops/scenarios/cli.ts';
import { fastClock } from '../gitops/scenarios/fast-clock.ts';
import { kubectlOn } from '../gitops/scenarios/kubectl.ts';
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
        if (program === 'kubectl') await kubectlOn(rig, words);
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

  it('has the commands of the examples stop the classic model, and start it again by un-pausing alone', async () => {
    const rig = await startRig({ clusters: ['c1'], applicationSets: false });
    onTestFinished(() => rig.stop());
    const classic = await ClassicController.start({ hub: rig.hub });
    onTestFinished(() => classic.stop());
    await eventually(() => expect(classic.running).toBe(true));
    const section = /^## From the standard pull model, and back\n([^]*?)^## /m.exec(
      readFileSync(join(projectRoot, 'examples/gitops/README.md'), 'utf8'),
    )?.[1];
    const [stop = [], start = [], startByHand = []] = [...(section ?? '').matchAll(/^```sh\n([^]*?)^```$/gm)].map(
      ([, text = '']) =>
        text
          .trimEnd()
          .split('\n')
          .filter((line) => line.startsWith('kubectl '))
          .map((line) => shellWords(line.replace(/ [|#].*$/, '')).slice(1)),
    );
    for (const words of stop) await kubectlOn(rig, words);
    await eventually(() => expect(classic.running).toBe(false));
    for (const words of startByHand) await kubectlOn(rig, words);
    await eventually(() => expect(classic.running).toBe(true));
    for (const words of stop) await kubectlOn(rig, words);
    await eventually(() => expect(classic.running).toBe(false));
    expect(start).toHaveLength(1);
    for (const words of start) await kubectlOn(rig, words);
    await eventually(() => expect(classic.running).toBe(true));
  });
});
