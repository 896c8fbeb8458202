import { describe, expect, it } from 'vitest';
import { MaestroError } from '../../src/errors.ts';
import { startCliOnPty, whyNoPty } from '../support/pty.ts';
import { runCli } from '../support/run-cli.ts';
import { workYaml } from '../commands/support/works.ts';
import { endpoints, testFolder, testStandIn } from './support/world.ts';

const reason = whyNoPty();
if (reason !== undefined) console.log(`test/acceptance/ui-roll-out: no pseudo-terminals: ${reason}`);

describe.skipIf(reason !== undefined)('ui beside an apply that runs (skipped without script of util-linux)', () => {
  it('shows its roll-out from its journal while it goes on, and how it ended', async () => {
    const standIn = await testStandIn({
      consumers: ['c1', 'c2', 'c3', 'c4'],
      agents: { c2: { online: false } },
    });
    const folder = testFolder();
    await using pty = await startCliOnPty(['ui', '--journal=j'], {
      columns: 80,
      rows: 24,
      cwd: folder,
      env: { ...endpoints(standIn), NO_COLOR: '1' },
    });
    await pty.until(/\[4 Roll-out\][^]*j cannot be read: no such file/);
    const stop = new AbortController();
    const argv = ['apply', '-f', 'w.yaml', '--all-consumers', '--watch', '--waves=2', '--journal=j'];
    const run = runCli(argv, {
      cwd: folder,
      endpoints: standIn,
      files: { 'w.yaml': workYaml('w') },
      signal: stop.signal,
    });
    const underway = await pty.until(/1\/4 Applied {2}… 1 pending {2}· 2 to come/);
    expect(underway).toContain('running');
    expect(underway).toMatch(/^wave 1 {2}2 clusters {2}✓ 1 Applied {2}… 1 pending {2}for /m);
    expect(underway).toMatch(/^ {2}>✓ …$/m);
    expect(underway).toMatch(/^ {3}· ·$/m);
    stop.abort(new MaestroError('interrupted', 'interrupted by SIGINT'));
    expect((await run).exitCode).toBe(130);
    const ended = await pty.until(/stopped early: interrupted by SIGINT/);
    expect(ended).toMatch(/^1\/4 Applied {2}… 1 pending {2}– 2 not begun$/m);
    expect(await pty.press('l', /^c2 {2}pending/m)).toContain('interrupted by SIGINT while waiting for w on c2');
    pty.send('q');
    expect(await pty.done).toBe(0);
    // The journal is still one: the same command goes on from it.
    standIn.setAgent('c2', { online: true });
    const again = await runCli(argv, { cwd: folder, endpoints: standIn });
    expect(again.stderr).toContain('4 works on 4 consumers: 4 Applied');
  });
});
