import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { cli } from '../support/process.ts';
import { startCliOnPty, whyNoPty, type Pty } from '../support/pty.ts';
import { endpoints, manifestFile, storedRow, testFolder } from './support/world.ts';

let standIn: StandIn;
let env: Record<string, string>;
let pty: Pty | undefined;
beforeEach(async () => {
  standIn = await startStandIn({ consumers: ['c1'], agent: { delayMs: 5 } });
  const temp = mkdtempSync(join(tmpdir(), 'maestro-cli-edit-'));
  env = { ...endpoints(standIn), TMPDIR: temp, XDG_STATE_HOME: temp };
  const applied = await cli(['apply', manifestFile(testFolder(), 'w'), '-c', 'c1'], { env });
  expect(applied.exitCode, applied.stderr).toBe(0);
});
afterEach(async () => {
  await pty?.close();
  pty = undefined;
  await standIn.close();
});

/** An editor that has the terminal: it shows that it is there, takes a line, and puts it in the place of a value. */
function lineEditor(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'maestro-cli-editor-')), 'editor');
  const script = `#!/bin/sh
trap 'echo "the editor heard Ctrl-C"' INT
echo "new value:"
while ! read -r value; do :; done
sed "s/key: .*/key: $value/" "$1" > "$1.new" && mv "$1.new" "$1"
`;
  writeFileSync(path, script, { mode: 0o755 });
  return path;
}

describe.skipIf(whyNoPty() !== undefined)('edit on a terminal (skipped without script of util-linux)', () => {
  it('gives the terminal to the editor, whose Ctrl-C is its own, then shows the change and asks', async () => {
    pty = await startCliOnPty(['edit', 'w', '-c', 'c1'], { env: { ...env, MAESTRO_EDITOR: lineEditor() } });
    await pty.until('new value:');
    const before = pty.settings();
    await pty.press('\x03', 'the editor heard Ctrl-C');
    await pty.press('changed\r', 'write this to w on c1');
    expect(await pty.until('[y/N]')).toContain('+  key: changed');
    pty.send('y\r');
    expect(await pty.done).toBe(0);
    expect(before).toContain('icanon');
    expect((await storedRow(standIn, 'w'))?.manifests).toMatchObject([{ data: { key: 'changed' } }]);
    expect(readdirSync(env['TMPDIR'] ?? '')).toEqual([]);
  });

  it('ends the editor when it is told to end itself, and leaves no file', async () => {
    pty = await startCliOnPty(['edit', 'w', '-c', 'c1'], { env: { ...env, MAESTRO_EDITOR: lineEditor() } });
    await pty.until('new value:');
    process.kill(pty.pid(), 'SIGTERM');
    expect(await pty.done).toBe(143);
    expect(readdirSync(env['TMPDIR'] ?? '')).toEqual([]);
    expect((await storedRow(standIn, 'w'))?.version).toBe(1);
  });
});

it('what an editor prints is no part of the result in a pipe', async () => {
  const MAESTRO_EDITOR = 'echo noise; sed -i "s/key: .*/key: piped/"';
  const done = await cli(['edit', 'w', '-c', 'c1', '--yes', '-o', 'json'], { env: { ...env, MAESTRO_EDITOR } });
  expect(done.exitCode, done.stderr).toBe(0);
  expect(JSON.parse(done.stdout)).toMatchObject({ works: [{ name: 'w', version: 2 }] });
  expect(done.stderr).toContain('noise');
});

it('two that apply the same work at once keep what each of them has stored', async () => {
  const apply = (value: string): ReturnType<typeof cli> =>
    cli(['apply', manifestFile(testFolder(), 'w', { key: value }), '-c', 'c1', '--overwrite', '--keep-history'], {
      env,
    });
  const both = await Promise.all(['a', 'b', 'c'].map((value) => apply(value)));
  for (const { exitCode, stderr } of both) expect(exitCode, stderr).toBe(0);
  const shown = await cli(['history', 'w', '-c', 'c1', '-o', 'json'], { env });
  const { versions } = JSON.parse(shown.stdout) as { versions: readonly { version: number; kept: boolean }[] };
  expect(versions.at(-1)?.version).toBe(4);
  // Whoever could not see which number its write got says so, and keeps nothing under a number of somebody else.
  const unseen = both.filter(({ stderr }) => stderr.includes('is not in the history')).length;
  expect(versions.filter(({ kept }) => kept).length).toBeGreaterThanOrEqual(4 - unseen);
});
