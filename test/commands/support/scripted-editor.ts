import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Context } from '../../../src/context.ts';
import { runCli, type CliOptions, type CliRun } from '../../support/run-cli.ts';

/** What somebody makes of the text in the editor, each time that it is opened; undefined leaves it. */
export type Keystrokes = (text: string, path: string) => string | undefined | Promise<string | undefined>;

export interface EditorRun extends CliRun {
  /** What the editor was shown, each time. */
  readonly shown: readonly string[];
  /** Where temporary files were made. */
  readonly temp: string;
  /** How the editor was started. */
  readonly argv: readonly (readonly string[])[];
}

/** Runs a command whose editor does what a test says. */
export async function runWithEditor(
  argv: readonly string[],
  keys: readonly Keystrokes[],
  options: CliOptions = {},
): Promise<EditorRun> {
  const temp = mkdtempSync(join(tmpdir(), 'maestro-cli-editing-'));
  const shown: string[] = [];
  const started: (readonly string[])[] = [];
  const left = [...keys];
  const run: Context['run'] = async (program) => {
    started.push(program);
    const path = program.at(-1) ?? '';
    const text = readFileSync(path, 'utf8');
    shown.push(text);
    const next = left.shift();
    if (next === undefined) throw new Error('the editor was opened once more than the test says');
    const changed = await next(text, path);
    if (changed !== undefined) writeFileSync(path, changed);
    return { kind: 'ended', exitCode: 0, stdout: new Uint8Array(), stderr: '' };
  };
  const env = { MAESTRO_EDITOR: 'scripted', TMPDIR: temp, ...options.env };
  const done = await runCli(argv, { run, ...options, env });
  expect(left, `the editor was opened less often than the test says; ${done.stderr}`).toEqual([]);
  return { ...done, shown, temp, argv: started };
}
