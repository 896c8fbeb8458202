import type { Context } from '../../../context.ts';
import { decodeText } from '../../../core/yaml/decode-text.ts';
import { shellWord } from '../../../core/shell-word.ts';
import { shownText } from '../../../core/shown-text.ts';
import { MaestroError } from '../../../errors.ts';
import { kustomizationIn, maxInputBytes, type InputText } from '../../../io/input-files.ts';
import type { ProgramEnd } from '../../../io/run-program.ts';

/** What it takes of the world. */
export type KustomizeContext = Pick<Context, 'cwd' | 'run'>;

/** Kustomize may fetch bases from elsewhere, and none of that takes so long. */
const longestMs = 60_000;
/** Of what a program complains about, the rest repeats itself. */
const shownLines = 10;

/** The manifests of a kustomization, and what its program had to say about them. */
export interface Kustomized extends InputText {
  readonly warnings: readonly string[];
}

/**
 * Has a kustomization built by the program that is there: kubectl, else
 * kustomize. Plug-ins that run programs stay off, as both have it.
 *
 * @param dir as the command line names it
 * @throws MaestroError usage when there is nothing to build it with, invalid-input with what the program says,
 *   timeout
 */
export async function buildKustomization(dir: string, context: KustomizeContext): Promise<Kustomized> {
  await refuseOther(dir, context.cwd);
  // A directory must not look like a flag.
  const word = dir.startsWith('-') ? `./${dir}` : dir;
  const ways: readonly (readonly [string, ...string[]])[] = [
    ['kubectl', 'kustomize', word],
    ['kustomize', 'build', word],
  ];
  for (const argv of ways) {
    const end = await context.run(argv, { streams: 'collect', maxBytes: maxInputBytes, timeoutMs: longestMs });
    if (end.kind !== 'absent') return { name: `kustomize of ${dir}`, ...outputOf(end, argv) };
  }
  throw new MaestroError('usage', '-k needs kubectl or kustomize, and neither is on the PATH', {
    hint: 'Install kubectl (https://kubernetes.io/docs/tasks/tools/) or kustomize (https://kubectl.docs.kubernetes.io/installation/kustomize/). Or build elsewhere, and pipe that: … | maestro-cli apply -f -',
  });
}

async function refuseOther(dir: string, cwd: string): Promise<void> {
  if (/^[a-z][a-z+.-]*:/i.test(dir) || /^git@/.test(dir)) {
    throw new MaestroError('usage', `-k takes a directory, and ${dir} is an address`, {
      hint: `Look at what it makes, and then apply that: kubectl kustomize ${shellWord(dir)} | maestro-cli apply -f -`,
    });
  }
  const found = await kustomizationIn(dir, cwd);
  if (found === 'no-directory') throw new MaestroError('invalid-input', `-k: there is no directory ${dir}`);
  if (found === undefined) {
    throw new MaestroError('invalid-input', `-k: the directory ${dir} has no kustomization.yaml`, {
      hint: `Its manifests as they are: -f ${shellWord(dir)}`,
    });
  }
}

function outputOf(end: Exclude<ProgramEnd, { kind: 'absent' }>, argv: readonly string[]): Omit<Kustomized, 'name'> {
  const command = argv.join(' ');
  switch (end.kind) {
    case 'notStarted':
      throw new MaestroError('usage', `${command} could not be started: ${end.code}`);
    case 'timedOut':
      throw new MaestroError('timeout', `${command} took longer than ${longestMs / 1000}s and was ended`, {
        hint: 'Nothing was sent. Does it fetch a base from elsewhere?',
      });
    case 'tooLong':
      throw new MaestroError('invalid-input', `${command} makes more than ${end.maxBytes / 1024 / 1024} MiB`, {
        reason: 'TooLarge',
        hint: 'Nothing was sent. A work holds 500 KiB.',
      });
    case 'ended':
      break;
  }
  const said = linesOf(end.stderr);
  if (end.exitCode !== 0) {
    const how = end.exitCode === undefined ? `was ended by ${end.killedBy}` : `failed with exit code ${end.exitCode}`;
    throw new MaestroError('invalid-input', [`${command} ${how}`, ...said].join('\n  '), { hint: 'Nothing was sent.' });
  }
  try {
    return { text: decodeText(end.stdout), warnings: said.map((line) => `${command}: ${line}`) };
  } catch (error) {
    throw new MaestroError(
      'invalid-input',
      `${command} makes what cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function linesOf(stderr: string): readonly string[] {
  const lines = shownText(stderr)
    .split('\n')
    .map((line) => withoutLogPrefix(line.trim()).replace(/^(?:# )?(?:error|warning): /i, ''))
    .filter((line) => line !== '');
  if (lines.length <= shownLines) return lines;
  return [...lines.slice(0, shownLines), `… and ${lines.length - shownLines} more lines`];
}

/** kubectl logs its failures: `E1130 02:29:34.989580   20870 run.go:72] "command failed" err="…"`. */
function withoutLogPrefix(line: string): string {
  const text = line.replace(/^[EFIW]\d{4} [\d:.]+ +\d+ \S+\] /, '');
  return /^"command failed" err="(.*)"$/.exec(text)?.[1]?.replace(/\\(["\\])/g, '$1') ?? text;
}
