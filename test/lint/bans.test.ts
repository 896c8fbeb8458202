import { resolve } from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { beforeAll, describe, expect, it } from 'vitest';

/** What each rule has to report; all in a file of the core, which is no home of any of them. */
const violations: readonly (readonly [rule: string, code: string])[] = [
  ['only/clock', 'export const at = new Date();'],
  ['only/clock', 'export const at = new Date;'],
  ['only/clock', 'export const at = Date();'],
  ['only/clock', 'export const at = Date.now();'],
  ['only/clock', "export const at = Date['now']();"],
  ['only/clock', 'const { now } = Date; export const at = now();'],
  ['only/clock', 'export const signal = AbortSignal.timeout(5);'],
  ['only/clock', 'setTimeout(() => undefined, 5);'],
  ['only/clock', 'setInterval(() => undefined, 5);'],
  ['only/clock', 'setImmediate(() => undefined);'],
  ['only/clock', 'queueMicrotask(() => undefined);'],
  ['only/clock', 'export const at = performance.now();'],
  ['only/clock', "import { setTimeout as wait } from 'node:timers/promises'; await wait(5);"],
  ['only/clock', "await import('node:timers');"],
  ['only/clock', "import { performance } from 'node:perf_hooks'; export const at = performance.now();"],
  ['only/clock', "import { uptime } from 'node:process'; export const at = uptime();"],
  ['only/process', 'export const home = process.env.HOME;'],
  ['only/process', "import { env } from 'node:process'; export const home = env.HOME;"],
  ['only/process', "import process from 'process'; export const home = process.env.HOME;"],
  ['only/process', "import * as process from 'node:process'; export const home = process.env.HOME;"],
  ['only/process', "import { uptime, env } from 'node:process'; export const all = [uptime(), env.HOME];"],
  ['only/process', "const { env } = await import('node:process'); export const home = env.HOME;"],
  ['only/global-object', 'export const home = globalThis.process.env.HOME;'],
  ['only/global-object', 'globalThis.setTimeout(() => undefined, 5);'],
  ['only/global-object', "export const home = globalThis['process'];"],
  ['only/global-object', 'const { process } = globalThis; export const home = process;'],
  ['only/global-object', 'export const home = global.process;'],
  ['only/random', 'export const one = Math.random();'],
  ['only/random', 'const { random } = Math; export const one = random();'],
  ['only/import', 'export const load = (name: string) => import(name);'],
  ['only/import', 'export const load = (name: string) => import(`./${name}`);'],
  ['only/import', "export const fs = require('fs');"],
  ['only/json', "export const one = JSON.parse('1');"],
  ['only/json', "const { parse } = JSON; export const one = parse('1');"],
  ['only/yaml', "import { stringify } from 'yaml'; export const text = stringify({});"],
  ['only/condition-type', "export const one = findCondition([], 'Applied', 1);"],
  ['only/condition-type', "export const one = parseExpression('Deleted');"],
  ['only/condition-type', "export const one = (of: { type: string }): boolean => of.type === 'Available';"],
  ['only/error-message', "throw new MaestroError('usage', 'The file is no list');"],
  ['only/error-message', "throw new MaestroError('usage', `A file ${String(1)} is no list`);"],
  ['only/flag', "throw new MaestroError('usage', 'x', { hint: 'Give --name.' });"],
  ['only/flag', "throw new MaestroError('usage', `x is no --name`, { hint: { command: 'Give --name.' } });"],
  ['only/flag', "throw new MaestroError('usage', 'x', { hint: `See maestro-cli list` });"],
  ['only/one-line', "export const one = (text: string): string => text.replace(/\\s+/g, ' ');"],
  ['only/one-line', "export const one = (text: string): string => text.replaceAll(/[\\r\\n]+/g, ' ');"],
  ['only/server-address', 'export const at = ({ host, port }: Place): string => `${host}:${port}`;'],
  ['only/server-address', 'export const at = (place: Place): string => `${place.host}:${place.port} as x`;'],
  ['only/setting-key', 'export const key = (name: string): string => name.replace(/[A-Z]/g, (one) => `-${one}`);'],
  ['only/work-name', 'export const name = (consumer: string): string => `hyperfleet-${consumer}-np`;'],
  [
    'only/impossible-expression',
    "import { refuseImpossible } from './refuse-impossible.ts'; refuseImpossible([], one);",
  ],
  ['only/write-file', "import { writeFileSync } from 'node:fs'; writeFileSync('a', '');"],
  ['only/write-file', "import { writeFile } from 'fs/promises'; await writeFile('a', '');"],
  ['only/hub-kind', "export const pods = { group: '', version: 'v1', resource: 'pods' };"],
  [
    'only/hub-kind',
    "const core = { group: '', version: 'v1' }; export const pods: ResourcePath = { ...core, resource };",
  ],
  ['only/write-file', "import * as fs from 'node:fs'; export const all = fs;"],
  ['only/write-file', "import fs from 'node:fs'; export const all = fs;"],
  ['only/write-file', "export const fs = () => import('node:fs');"],
  ['only/read-file', "import { readFileSync } from 'node:fs'; export const text = readFileSync('a');"],
  ['no-console', "console.log('a');"],
  ['@typescript-eslint/consistent-type-imports', "export type One = import('./two.ts').Two;"],
  ['@typescript-eslint/ban-ts-comment', '// @ts-ignore\nexport const one = 1;'],
  ['@typescript-eslint/ban-ts-comment', '// @ts-expect-error\nexport const one = 1;'],
  ['eslint-comments/require-description', '// eslint-disable-next-line no-console\nconsole.log(1);'],
  ['eslint-comments/require-description', '/* eslint-disable no-console */\nconsole.log(1);'],
  ['eslint-comments/require-description', '/* eslint no-console: off */\nconsole.log(1);'],
  ['eslint-comments/no-unlimited-disable', '// eslint-disable-next-line -- a reason\nconsole.log(1);'],
];

describe('the lint', () => {
  let eslint: ESLint;
  const reported = async (code: string, filePath = 'src/core/planted.ts'): Promise<readonly (string | null)[]> => {
    const [result] = await eslint.lintText(code, { filePath: resolve(filePath) });
    return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message);
  };

  beforeAll(() => {
    // The code is in no file, so there are no types to ask for; none of these rules needs any.
    eslint = new ESLint({
      overrideConfig: {
        ...tseslint.configs.disableTypeChecked,
        languageOptions: { parserOptions: { projectService: false, project: false, program: null } },
      } as NonNullable<ESLint.Options['overrideConfig']>,
    });
  });

  it.each(violations)('reports by %s: %s', async (rule, code) => {
    expect(await reported(code)).toContain(rule);
  });

  it('has a planted violation for each ban', async () => {
    const { rules } = (await eslint.calculateConfigForFile('src/core/planted.ts')) as { rules: object };
    const bans = Object.keys(rules).filter((name) => name.startsWith('only/'));
    expect(bans.length).toBeGreaterThan(5);
    expect(bans.filter((name) => !violations.some(([rule]) => rule === name))).toEqual([]);
  });

  it('lifts a ban at its home, and no other ban with it', async () => {
    const code = 'export const all = [Date.now(), Math.random(), JSON.parse("1"), process.env];';
    expect(await reported(code, 'src/clock.ts')).toEqual(['only/random', 'only/json', 'only/process']);
    expect(await reported(code, 'src/core/json.ts')).toEqual(['only/clock', 'only/random', 'only/process']);
    expect(await reported(code, 'src/main.ts')).toHaveLength(4);
  });

  it('takes no word of the same name for what is banned', async () => {
    const code = `
      export interface Clock { readonly process: string; now(): number }
      export const at = (clock: Clock, when: string): unknown => [clock.now(), clock.process, new Date(when)];`;
    expect(await reported(code)).toEqual([]);
  });

  it('takes a reason', async () => {
    expect(await reported('// eslint-disable-next-line no-console -- it is a test\nconsole.log(1);')).toEqual([]);
  });
});
