/**
 * npm run mutation [-- --part NAME …]: mutates a part of the code after the other, and writes docs/mutation-testing.md.
 * With --page it writes the page alone, of what was measured and of what notes/ says.
 * The first run of all parts takes some hours; each later one takes what has changed. It ends with 1 when a part that
 * was run stays below the aim.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { aim, figuresOf, readFigures, scoreOf, writeFigures } from './figures.ts';
import { mutationPage } from './page.ts';
import { parts, type Part } from './parts.ts';

const kept = '.mutation';

const { values } = parseArgs({ options: { part: { type: 'string', multiple: true }, page: { type: 'boolean' } } });
const unknown = values.part?.find((name) => !parts.some((part) => part.name === name));
if (unknown !== undefined) {
  console.error(`there is no part ${unknown}; there are ${parts.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

// Other work on the machine goes first; the runner's process has it from this one.
setPriority(constants.priority.PRIORITY_LOW);
const chosen = parts.filter(({ name }) => values.page !== true && (values.part?.includes(name) ?? true));
for (const part of chosen) await runPart(part);
writePage();
const below = chosen.filter(({ name }) => scoreOf(readFigures(name) ?? { files: {} }) < aim).map(({ name }) => name);
if (below.length > 0) {
  console.error(`below ${String(aim)} %: ${below.join(', ')}`);
  process.exitCode = 1;
}

async function runPart({ name, mutate, tests }: Part): Promise<void> {
  process.stdout.write(`\n${name}\n`);
  // scripts/mutation/vitest.config.ts, which the runner loads, takes its tests from there.
  process.env['MUTATION_TESTS'] = tests.join(',');
  const incrementalFile = join(kept, `${name}.incremental.json`);
  const fromNothing = !existsSync(incrementalFile);
  const beganMs = Date.now();
  await new Stryker({
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'scripts/mutation/vitest.config.ts', related: false, pool: 'threads' },
    mutate: [...mutate],
    concurrency: 1,
    coverageAnalysis: 'perTest',
    incremental: true,
    incrementalFile,
    reporters: ['json', 'html', 'progress-append-only'],
    jsonReporter: { fileName: join(kept, `${name}.json`) },
    htmlReporter: { fileName: join(kept, `${name}.html`) },
    tempDirName: join(kept, 'tmp'),
    cleanTempDir: 'always',
    ignorePatterns: [kept, 'dist', 'release', 'docs', 'charts'],
    warnings: false,
  }).runMutationTest();
  const seconds = fromNothing ? Math.round((Date.now() - beganMs) / 1000) : readFigures(name)?.seconds;
  const files = figuresOf(join(kept, `${name}.json`));
  writeFigures(name, { ...(seconds === undefined ? {} : { seconds }), files });
  writePage();
}

function writePage(): void {
  writeFileSync('docs/mutation-testing.md', mutationPage());
}
