import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jobTemplates } from '../../src/core/jobs/templates.ts';
import { configMapWork } from '../acceptance/support/world.ts';
import { projectRoot, runCli } from '../support/run-cli.ts';
import { containerOf, envOf, jobOf, objectsOf, templateText } from './support/objects.ts';

const readme = readFileSync(join(projectRoot, 'job-templates/README.md'), 'utf8');

/** Each `maestro-cli …` of the shell blocks, as words, up to the pipe or the redirection. */
const commandLines = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block = '']) => block.replaceAll(/\\\n\s*/g, '').split('\n'))
  .map((line) => line.trim())
  .filter((line) => line.startsWith('maestro-cli '))
  .map((line) =>
    line
      .replace(/ [|>].*$/, '')
      .split(/\s+/)
      .slice(1),
  );

test('shows command lines', () => {
  expect(commandLines.length).toBeGreaterThanOrEqual(3);
});

test.each(commandLines.map((argv) => [argv.join(' '), argv] as const))('%s', async (_title, argv) => {
  const run = await runCli(argv, { files: { 'work.yaml': configMapWork('hyperfleet-cluster-west-1-nodepool') } });
  expect(run.exitCode, run.stderr).toBe(0);
  expect(objectsOf(run.stdout).length).toBeGreaterThan(0);
});

test('names every template, and every placeholder of them', () => {
  for (const name of ['setup', ...Object.keys(jobTemplates)]) {
    expect(readme).toContain(`\`${name}.yaml\``);
    for (const [placeholder] of templateText(name).matchAll(/\$\{[a-z-]+\}/g))
      expect(readme).toContain(`\`${placeholder}\``);
  }
});

test('tells the limits that the templates have', () => {
  const job = jobOf(objectsOf(templateText('apply-and-wait')));
  const limits = {
    'status-reporter': envOf(containerOf(job, 'status-reporter'))['MAX_WAIT_TIME_SECONDS'],
    Job: job.spec.activeDeadlineSeconds,
    'finished Job': job.spec.ttlSecondsAfterFinished,
  };
  for (const [who, seconds] of Object.entries(limits)) expect(readme).toContain(`| ${who} | ${seconds} |`);
});
