import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../support/run-cli.ts';

const name = '@openshift-hyperfleet/maestro-cli';

/** Our name without its scope, as the name of a package: in the npm registry that is a program of somebody else. */
const unscoped = String.raw`(?<![\w@/.-])maestro-cli(?![\w.-])`;
const strangers = [
  new RegExp(
    String.raw`\b(?:npm (?:install|i|add|exec|update)|npx|pnpm (?:add|dlx|install)|yarn (?:add|dlx)|bunx|bun add)\b[^\n|;&` +
      '`' +
      String.raw`]*?\s['"]?${unscoped}`,
  ),
  new RegExp(String.raw`\b(?:from|import|require|resolve)\s*\(?\s*['"]${unscoped}`),
  /node_modules\/maestro-cli/,
  /"name": "maestro-cli",\s*\n\s*"version"/,
];

/** The names of files that somebody reads or runs; what is generated or brought by npm is none of them. */
function files(): readonly string[] {
  const skipped = ['node_modules', 'dist', '.git', 'coverage', 'test/fixtures', 'test/docs/package-name.test.ts'];
  return globSync(
    ['*', '.*', '{.github,bench,bin,charts,docs,examples,integrations,job-templates,proto,scripts,src,test}/**/*'],
    { cwd: projectRoot, withFileTypes: true },
  )
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !skipped.some((folder) => file.startsWith(join(projectRoot, folder))));
}

it('every file names the package with its scope, where it is installed or imported', () => {
  const found = files().flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    return strangers.flatMap((pattern) => pattern.exec(text)?.[0] ?? []).map((match) => `${file}: ${match}`);
  });
  expect(found).toEqual([]);
  const { name: own, bin } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    name: string;
    bin: object;
  };
  expect({ own, bin }).toEqual({ own: name, bin: { 'maestro-cli': 'bin/maestro-cli' } });
});

it.each([
  'npm install -g maestro-cli',
  'npm i --save-dev "maestro-cli"',
  'npx maestro-cli version',
  'npx --yes maestro-cli@latest',
  "import { a } from 'maestro-cli';",
  "import { a } from 'maestro-cli/core';",
  'const a = require("maestro-cli")',
  "await import('maestro-cli')",
])('the check finds %s', (text) => {
  expect(strangers.some((pattern) => pattern.test(text))).toBe(true);
});

it.each([
  `npm install ${name}`,
  `npx ${name} version`,
  `import { a } from '${name}/core';`,
  'npm install -g ./openshift-hyperfleet-maestro-cli-0.2.0.tgz',
  'npm run build && bin/maestro-cli version',
  'npm ci; maestro-cli version',
])('the check lets %s pass', (text) => {
  expect(strangers.some((pattern) => pattern.test(text))).toBe(false);
});
