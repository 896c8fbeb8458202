import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../src/core/json.ts';
import { classicPullModel, pullModelAnnotation } from '../../src/gitops/constants.ts';
import {
  classicConfigMap,
  classicDeployment,
  formerPauseAnnotation,
  maestroDeployment,
  pauseAnnotation,
} from '../../src/gitops/model/pull-models.ts';
import { cliOn } from '../gitops/scenarios/cli.ts';
import { spokeFacts, untilClassic } from '../gitops/scenarios/handover-support.ts';
import { createApp, namespace, skipped } from '../gitops/scenarios/support.ts';
import {
  ApplicationWitness,
  ClassicController,
  findHelm,
  kinds,
  setDecision,
  startRig,
  type Rig,
} from '../gitops/rig/index.ts';
import { keepRig } from '../gitops/rig/keep-rig.ts';
import { eventually } from '../gitops/rig/wait.ts';
import { kubectlOn } from '../gitops/scenarios/kubectl.ts';
import { projectRoot } from '../support/run-cli.ts';
import { shellWords } from '../support/shell-words.ts';

const page = readFileSync(join(projectRoot, 'docs/gitops-migration.md'), 'utf8');

interface Block {
  readonly language: string;
  readonly lines: readonly string[];
}

const blocks: readonly Block[] = [...page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(
  ([, language = '', text = '']) => ({ language, lines: text.trimEnd().split('\n') }),
);
const commandLines = blocks.flatMap(({ language, lines }) => (language === 'sh' ? lines : []));

/** What a line is to end with: `# exit code N` behind it, else 0. */
function lineOf(text: string): {
  readonly program: string;
  readonly argv: readonly string[];
  readonly exitCode: number;
} {
  const [command = '', code = '0'] = text.split(/ # exit code /);
  const [program = '', ...argv] = shellWords(command);
  return { program, argv, exitCode: Number(code) };
}

const helm = findHelm();

/** Helm takes the command as it is written; of what the chart brings, the rig gets the Deployment. */
async function install(rig: Rig, [verb, ...words]: readonly string[]): Promise<void> {
  expect(verb).toBe('install');
  const rendered = execFileSync(helm ?? '', ['template', ...words, '--kube-version=1.31.0'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  for (const document of parseAllDocuments(rendered)) {
    const object = document.toJS() as JsonObject | null;
    if (object?.['kind'] === 'Deployment') await rig.hub.client('helm').create(kinds.deployments, object);
  }
}

/** Widths of columns, addresses and names of runs are those of a run. */
const squeezed = (text: string): string => text.trim().replaceAll(/ {2,}/g, ' ');

describe.skipIf(skipped || helm === undefined)('the runbook of the pull models', () => {
  let rig: Rig;
  let classic: ClassicController;
  let witness: ApplicationWitness;
  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1', 'c2'], applicationSets: false });
      classic = await ClassicController.start({ hub: rig.hub });
    },
    async () => {
      await witness?.stop();
      await classic?.stop();
      await rig?.stop();
    },
  );

  it(
    'has every line run in its order, prints what the page says, and loses no Application',
    { timeout: 240_000 },
    async () => {
      const places = [
        ['c1', 'shop'],
        ['c2', 'blog'],
      ] as const;
      await setDecision(rig.hub, namespace, 'all', ['c1', 'c2']);
      for (const [cluster, name] of places) await createApp(rig, name, { cluster });
      for (const [cluster, name] of places) await untilClassic(rig, cluster, name);
      const before = await spokeFacts(rig, places);
      witness = await ApplicationWitness.start([rig.spoke('c1'), rig.spoke('c2')]);
      const cwd = mkdtempSync(join(tmpdir(), 'gitops-migration-'));
      let printed: readonly string[] = [];
      for (const { language, lines } of blocks) {
        if (language === 'text') {
          // Clusters end in any order.
          for (const line of lines)
            expect(printed, `the page says: ${line}\nprinted is:\n${printed.join('\n')}`).toContain(squeezed(line));
          continue;
        }
        const said: string[] = [];
        for (const line of language === 'sh' ? lines : []) {
          const { program, argv, exitCode } = lineOf(line);
          if (program === 'helm') await install(rig, argv);
          if (program === 'kubectl') await kubectlOn(rig, argv);
          const replicas = /--replicas=(\d)/.exec(line)?.[1];
          if (replicas !== undefined) await eventually(() => expect(classic.running).toBe(replicas !== '0'));
          if (program !== 'maestro-cli') continue;
          const ended = await cliOn(rig, argv, { cwd });
          expect(ended.exitCode, `${line}\n${ended.stdout}\n${ended.stderr}`).toBe(exitCode);
          said.push(...`${ended.stdout}\n${ended.stderr}`.split('\n').map((one) => squeezed(one)));
          if (process.env['SHOW_RUNBOOK'] === '1') process.stdout.write(`$ ${line}\n${ended.stdout}${ended.stderr}\n`);
        }
        if (said.length > 0) printed = said;
      }
      expect(await spokeFacts(rig, places)).toEqual(before);
      expect(witness.complaints()).toEqual([]);
      expect(statSync(join(cwd, 'to-maestro.plan.backup')).mode & 0o777).toBe(0o600);
    },
  );
});

it('shows in its blocks each command of a migration, and no other program than kubectl, helm and ours', () => {
  for (const command of ['plan', 'run', 'finish', 'rollback', 'status'])
    expect(commandLines.some((line) => line.startsWith(`maestro-cli gitops migrate ${command} `))).toBe(true);
  expect(commandLines.filter((line) => !/^(maestro-cli|kubectl|helm) /.test(line))).toEqual([]);
});

it('names in the lines of kubectl and helm the objects and keys that the program looks at', () => {
  const known = [
    classicDeployment,
    maestroDeployment,
    classicConfigMap,
    `${pauseAnnotation}=true`,
    `${pauseAnnotation}-`,
    `${formerPauseAnnotation}-`,
    `${pullModelAnnotation}=${classicPullModel}`,
    `${pullModelAnnotation}-`,
  ];
  for (const line of commandLines.filter((one) => /^(kubectl|helm) /.test(one))) {
    for (const word of line.split(' ')) {
      if (/^(multicluster-|installer\.|mch-pause|maestro-cli\.)/.test(word)) expect(known, line).toContain(word);
    }
    if (/annotate multiclusterhub/.test(line))
      expect(line).toContain('multiclusterhub multiclusterhub -n open-cluster-management ');
    // Un-pausing is taking the annotation away; `=false` of the former key stays behind as one more thing to look at.
    expect(line).not.toMatch(/pause=(?!true)/);
  }
});
