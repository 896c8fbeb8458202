import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { imageRepository } from '../../src/core/jobs/image.ts';
import { findTool } from '../../scripts/tools.ts';
import { projectRoot } from '../support/run-cli.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly uses?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly environment?: string;
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly on?: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** A sentence for each rule that the text of a workflow breaks. */
function workflowFaults(text: string): readonly string[] {
  const { on = {}, permissions, concurrency, jobs } = parse(text) as Workflow;
  const faults = pinFaults(text);
  if (JSON.stringify(permissions) !== '{}') faults.push('rights are given to all jobs at once');
  if (concurrency === undefined) faults.push('no concurrency');
  if ('pull_request_target' in on || 'workflow_run' in on) faults.push('runs with rights on what a stranger wrote');
  for (const [name, job] of Object.entries(jobs)) {
    if (job.permissions === undefined) faults.push(`job ${name} names no rights`);
    // A called workflow has its own.
    if (job.uses === undefined && job['timeout-minutes'] === undefined) faults.push(`job ${name} has no timeout`);
    const writes = Object.values(job.permissions ?? {}).includes('write');
    if (writes && job.environment !== 'release')
      faults.push(`job ${name} may write outside of the environment release`);
    for (const { uses = '', run = '', with: inputs = {} } of job.steps ?? []) {
      if (run.includes('${{')) faults.push(`job ${name} puts an expression into a shell: ${run}`);
      if (uses.startsWith('actions/checkout@') && inputs['persist-credentials'] !== false)
        faults.push(`job ${name} leaves its token in the checkout`);
    }
  }
  return faults;
}

/** Each action is named by its whole commit, with the version beside it, as Dependabot keeps them. */
function pinFaults(text: string): string[] {
  return [...text.matchAll(/^\s*(?:- )?uses:\s*(.+)$/gm)]
    .map(([, uses = '']) => uses)
    .filter((uses) => !uses.startsWith('./') && !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(uses))
    .map((uses) => `${uses} is not named by its commit and version`);
}

const files = globSync('.github/workflows/*.yml', { cwd: projectRoot });
const textOf = (file: string): string => readFileSync(join(projectRoot, file), 'utf8');

describe('the workflows', () => {
  it('are those for each change and for a release', () => {
    expect(files.sort()).toEqual(['.github/workflows/ci.yml', '.github/workflows/release.yml']);
  });

  it.each(files)('%s gives least rights, names actions by commits and puts no foreign text into a shell', (file) => {
    expect(workflowFaults(textOf(file))).toEqual([]);
  });

  it('name each action by one commit', () => {
    const commits = new Map<string, Set<string>>();
    for (const [, action = '', commit = ''] of files.flatMap((file) => [
      ...textOf(file).matchAll(/uses: ([\w/-]+)@([0-9a-f]{40} # \S+)/g),
    ]))
      commits.set(action, (commits.get(action) ?? new Set()).add(commit));
    expect([...commits].filter(([, { size }]) => size !== 1)).toEqual([]);
  });

  it('run the one entry of CI', () => {
    const { jobs } = parse(textOf('.github/workflows/ci.yml')) as Workflow;
    expect(jobs['check']?.steps?.map(({ run }) => run).filter((run) => run !== undefined)).toEqual(['.ci/run']);
  });

  it('publish only what was tested and built, the npm package and the release last', () => {
    const { jobs } = parse(textOf('.github/workflows/release.yml')) as {
      jobs: Readonly<Record<string, Job & { readonly needs?: readonly string[] }>>;
    };
    /** With those that they wait for in turn. */
    const before = (name: string): readonly string[] =>
      (jobs[name]?.needs ?? []).flatMap((needed) => [needed, ...before(needed)]);
    const writing = Object.entries(jobs).filter(([, { permissions = {} }]) =>
      Object.values(permissions).includes('write'),
    );
    expect(writing.map(([name]) => name)).toEqual(['sign', 'image', 'chart', 'npm', 'github']);
    for (const [name] of writing) expect(before(name), name).toEqual(expect.arrayContaining(['test', 'build']));
    expect(before('npm')).toEqual(expect.arrayContaining(['sign', 'image', 'chart']));
    expect(before('github')).toContain('npm');
  });

  it('name the image as everything else does', () => {
    expect((parse(textOf('.github/workflows/release.yml')) as Workflow).env?.['IMAGE']).toBe(imageRepository);
  });

  it('give the image what scripts/build-image.sh gives it', () => {
    const { jobs } = parse(textOf('.github/workflows/release.yml')) as Workflow;
    const inputs =
      jobs['image']?.steps?.find(({ uses = '' }) => uses.startsWith('docker/build-push-action@'))?.with ?? {};
    const namesIn = (input: string): readonly string[] =>
      [...String(inputs[input]).matchAll(/^(\S+?)=/gm)].map(([, name = '']) => name);
    const script = textOf('scripts/build-image.sh');
    const given = (flag: string): readonly string[] =>
      [...script.matchAll(new RegExp(`--${flag} ([\\w.]+)=`, 'g'))].map(([, name = '']) => name);
    expect(namesIn('build-args')).toEqual(given('build-arg'));
    expect(namesIn('labels')).toEqual(given('label'));
    expect(given('build-arg')).toEqual(['VERSION', 'COMMIT', 'COMMIT_DATE']);
  });

  const actionlint = findTool('actionlint');
  it.skipIf(actionlint === undefined)('are found in order by actionlint', () => {
    expect(() => execFileSync(actionlint ?? '', { cwd: projectRoot, encoding: 'utf8' })).not.toThrow();
  });
});

describe('the check of workflows finds', () => {
  const good = `
on: { push: {} }
permissions: {}
concurrency: { group: a }
jobs:
  a:
    timeout-minutes: 1
    permissions: { contents: read }
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with: { persist-credentials: false }
      - run: echo
`;

  it('nothing in one that is in order', () => {
    expect(workflowFaults(good)).toEqual([]);
  });

  it.each([
    ['@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1', '@v7', 'actions/checkout@v7 is not named by its commit'],
    [' # v7.0.1', '', 'is not named by its commit and version'],
    ['permissions: {}', 'permissions: { contents: write }', 'rights are given to all jobs at once'],
    ['permissions: {}\n', '', 'rights are given to all jobs at once'],
    ['    permissions: { contents: read }\n', '', 'job a names no rights'],
    ['contents: read', 'contents: write', 'job a may write outside of the environment release'],
    ['    timeout-minutes: 1\n', '', 'job a has no timeout'],
    ['concurrency: { group: a }\n', '', 'no concurrency'],
    ['push: {}', 'pull_request_target: {}', 'runs with rights on what a stranger wrote'],
    ['run: echo', 'run: echo ${{ github.event.pull_request.title }}', 'job a puts an expression into a shell'],
    ['persist-credentials: false', 'fetch-depth: 1', 'job a leaves its token in the checkout'],
  ])('%j written as %j', (from, to, fault) => {
    expect(workflowFaults(good.replace(from, to))).toContainEqual(expect.stringContaining(fault));
  });
});

it('the action for users names other actions by their commits', () => {
  expect(pinFaults(textOf('action.yml'))).toEqual([]);
});
