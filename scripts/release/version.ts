/**
 * package.json alone says the version. What has to repeat it, because a
 * program that does not read package.json reads it there, is found here.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const chartFolder = 'charts/multicluster-maestro-integrations';

/** Text files that may name a release; the CHANGELOG tells of earlier ones, and tests of invented ones. */
const mayNameARelease = ['*.md', '*.yaml', '*.yml', '*.tpl', '*.txt', '*.svg'];
const tellsOfOthers = [':!CHANGELOG.md', ':!test'];

/** Such as `maestro-cli-0.2.0.tgz`, `maestro-cli:0.2.0`, `maestro-cli@0.2.0` and `releases/download/v0.2.0`. */
const namedRelease = new RegExp(
  [
    String.raw`(?:maestro-cli[-:@ ]v?|maestro-cli/releases/(?:download|tag)/v`,
    String.raw`|multicluster-maestro-integrations[-:]|rev: v)(\d+\.\d+\.\d+(?:-[\w.]+)?)`,
  ].join(''),
  'g',
);

/** What package.json of the repository in `root` says. */
export function packageVersion(root: string): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}

/** The releases that a text names, each once. */
export function releasesNamedIn(text: string): readonly string[] {
  return [
    ...new Set([...text.matchAll(namedRelease)].map(([, version = '']) => version.replace(/\.(?:tgz|tar)$/, ''))),
  ];
}

/** One line for each place that says another version than package.json; none when all agree. */
export function versionDisagreements(root: string): readonly string[] {
  const version = packageVersion(root);
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    version: string;
    packages: Readonly<Record<string, { version?: string }>>;
  };
  const chart = parse(readFileSync(join(root, chartFolder, 'Chart.yaml'), 'utf8')) as Readonly<
    Record<'version' | 'appVersion', string>
  >;
  const said: (readonly [place: string, version: string | undefined])[] = [
    ['package-lock.json', lock.version],
    ['package-lock.json, packages[""]', lock.packages['']?.version],
    [`${chartFolder}/Chart.yaml, version`, chart.version],
    [`${chartFolder}/Chart.yaml, appVersion`, chart.appVersion],
  ];
  const files = execFileSync('git', ['ls-files', '-z', '--', ...mayNameARelease, ...tellsOfOthers], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const file of files.split('\0').filter((name) => name !== ''))
    for (const named of releasesNamedIn(readFileSync(join(root, file), 'utf8'))) said.push([file, named]);
  return said
    .filter(([, found]) => found !== version)
    .map(([place, found = 'none']) => `${place} says ${found}, package.json says ${version}`);
}
