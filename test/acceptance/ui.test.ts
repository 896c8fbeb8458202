import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { commandWords } from '../support/process.ts';
import { Pty, startCliOnPty, whyNoPty, type PtyOptions } from '../support/pty.ts';
import { runCli } from '../support/run-cli.ts';
import { workYaml } from '../commands/support/works.ts';

const reason = whyNoPty();
if (reason !== undefined) console.log(`test/acceptance/ui: no pseudo-terminals: ${reason}`);

const clusters = ['cluster-east-1', 'cluster-offline', 'cluster-west-1', 'cluster-west-2'];
const longName = 'a-work-with-a-name-that-is-as-long-as-names-of-works-can-be-63x';
const names = ['api-gateway', 'web-frontend', longName];

const keys = { up: '\u001B[A', down: '\u001B[B', escape: '\u001B', enter: '\r', ctrlC: '\u0003', ctrlZ: '\u001A' };

describe.skipIf(reason !== undefined)('ui on a terminal (skipped without script of util-linux)', () => {
  let standIn: StandIn;

  beforeAll(async () => {
    standIn = await startStandIn({ consumers: clusters });
    standIn.setAgent('cluster-offline', { online: false });
    standIn.setAgent('cluster-east-1', { failManifests: ['ConfigMap/default/settings'] });
    for (const name of names)
      await runCli(['apply', '-f', 'work.yaml', ...clusters.map((cluster) => `--consumer=${cluster}`)], {
        endpoints: standIn,
        files: { 'work.yaml': workYaml(name) },
      });
  }, 60_000);
  afterAll(() => standIn.close());

  const endpoints = (): Record<string, string> => ({
    MAESTRO_HTTP_ENDPOINT: standIn.httpEndpoint,
    MAESTRO_GRPC_ENDPOINT: `grpc://${standIn.grpcEndpoint}`,
  });
  const startUi = (options: PtyOptions = {}, argv: readonly string[] = []): Promise<Pty> =>
    startCliOnPty(['ui', ...argv], { ...options, env: { ...endpoints(), ...options.env } });

  it.each([
    { columns: 80, rows: 24 },
    { columns: 160, rows: 50 },
  ])(
    'shows clusters, works and one work at $columns×$rows, and always where it is and that it only reads',
    async (size) => {
      await using pty = await startUi(size);
      // A picture is written from its top, so the last that is expected is waited for.
      const fleet = await pty.until(/\blive\b[^]*4 clusters · 12 works[^]*^> cluster-east-1 /m);
      expect(fleet).toContain(standIn.httpEndpoint);
      expect(fleet).toContain('source maestro-cli · read-only');
      // Its own works only, as the line above them says.
      const works = await pty.press(
        `${keys.down}${keys.down}${keys.enter}`,
        /^cluster-west-1 · 3 shown[^]*^ {2}api-gateway +.*available/m,
      );
      expect(works).not.toContain('cluster-east-1');
      const work = await pty.press(keys.enter, 'Resources (1)');
      expect(work).toContain('on cluster-west-1');
      expect(work).toMatch(/^available · version 1\/1 observed\/stored$/m);
      expect(pty.screen.lines()).toHaveLength(size.rows);
      // Back the way that it was opened, and no further.
      const again = await pty.press(keys.escape, /^cluster-west-1 · 3 shown/m);
      expect(again).toMatch(/^ 1 Fleet {2}\[2 Works\]/m);
      await pty.press(keys.escape, /^\[1 Fleet\]/m);
      await pty.press('2', '12 shown');
      pty.send('q');
      expect(await pty.done).toBe(0);
    },
  );

  it('tells states by words without colour, and colours only the words with it', async () => {
    for (const [env, coloured] of [
      [{ NO_COLOR: '1' }, false],
      [{}, true],
    ] as const) {
      await using pty = await startUi({ env });
      await pty.press('2', /failing[^]*silent[^]*available/);
      const stretches = pty.screen.stretches().flat();
      expect(stretches.some(({ colour, background }) => colour !== undefined || background !== undefined)).toBe(
        coloured,
      );
      expect(stretches.find(({ text }) => text.trim() === 'silent')?.colour !== undefined).toBe(coloured);
      // The selected line is marked by a sign too.
      expect(pty.screen.lines().filter((each) => each.startsWith('> '))).toHaveLength(1);
    }
  });

  it('shows what no agent has reported as list and consumer list do', async () => {
    await using pty = await startUi({ columns: 160, rows: 50 });
    expect(await pty.until('12 works')).toMatch(/cluster-offline .*never/);
    expect(await pty.press('2', /api-gateway +cluster-offline/)).toMatch(
      /api-gateway +cluster-offline .* -\/1 +\S+ +\S+ +the agent has not reported/,
    );
    const { stdout } = await runCli(['list', '--consumer=cluster-offline'], { endpoints: standIn });
    expect(stdout).toMatch(/api-gateway .* -\/1 /);
    const work = await pty.press(`/api-gateway offline${keys.enter}${keys.enter}`, 'Resources (1)');
    expect(work).toContain('version -/1 observed/stored');
  });

  it('filters, sorts, jumps, and shows a name whole that no column has room for', async () => {
    await using pty = await startUi();
    await pty.until('12 works');
    const filtered = await pty.press(`2/failing${keys.enter}`, /failing · 3 shown/);
    expect(filtered).not.toContain('cluster-west');
    await pty.press(keys.escape, '12 shown');
    // A busy machine shows the new order's name before it shows the order.
    const sorted = await pty.press('s', /^(?![^]*sorting and filtering …)[^]*by state, the worst first/);
    expect(sorted).toMatch(/failing[^]*silent[^]*available/);
    await pty.press(`:a-work-with${keys.enter}`, longName.slice(0, 60));
    const copied = await pty.press('y', 'copy it from here');
    expect(copied.replaceAll('\n', '')).toContain(longName);
    await pty.press('x', '12 shown');
    await pty.press('?', 'draw the screen anew');
  });

  it('shows what becomes of an open work as it happens, and what a file would change in it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-ui-'));
    writeFileSync(join(folder, 'next.yaml'), workYaml('web-frontend', { value: 'two' }));
    await using pty = await startUi({ cwd: folder });
    await pty.until('12 works');
    await pty.press(`2/web-frontend west-2${keys.enter}${keys.enter}`, 'Resources (1)');
    const diff = await pty.press(`dnext.yaml${keys.enter}`, 'would change of version 1');
    expect(diff).toMatch(/^- +key: one$/m);
    expect(diff).toMatch(/^\+ +key: two$/m);
    await pty.press(keys.escape, 'Resources (1)');
    await runCli(['apply', '-f', 'work.yaml', '--consumer=cluster-west-2'], {
      endpoints: standIn,
      files: { 'work.yaml': workYaml('web-frontend', { value: 'two' }) },
    });
    const seen = await pty.until('version 2/2 observed/stored');
    expect(seen).toContain('Seen while open');
    expect(seen).toContain('version 1 → 2');
  });

  it('says that it is too small where it is, and goes on when there is room again', async () => {
    await using pty = await startUi();
    await pty.until('12 works');
    pty.resize({ columns: 30, rows: 6 });
    await pty.until('too small');
    pty.resize({ columns: 100, rows: 30 });
    const again = await pty.until('12 works');
    expect(again).not.toContain('too small');
    expect(pty.screen.lines()).toHaveLength(30);
  });

  it('says that the server is away and since when what it shows holds, and is live again when it is back', async () => {
    await using pty = await startUi();
    await pty.until(/\blive\b/);
    standIn.setFault({ kind: 'refuse', channel: 'both' });
    standIn.setFault({ kind: 'reset', channel: 'both' });
    const away = await pty.until(/not answering, as of \d+s ago/, 25_000);
    expect(away).toContain('12 works');
    standIn.clearFaults();
    await pty.until((text) => /\blive\b/.test(text) && !text.includes('not answering'), 25_000);
  }, 60_000);

  it('waits for a server that is not there yet', async () => {
    standIn.setFault({ kind: 'refuse', channel: 'both' });
    await using pty = await startUi();
    await pty.until(/no answer, trying again/, 20_000);
    expect(pty.screen.text()).toContain('nothing could be read yet');
    standIn.clearFaults();
    await pty.until('12 works', 25_000);
  }, 60_000);

  describe('changes', () => {
    const about = 'at the word yes, and says what came of it';

    /** A work of its own for each test, on a cluster that answers. */
    async function made(name: string): Promise<void> {
      await runCli(['apply', '-f', 'work.yaml', '--consumer=cluster-west-1', '--watch'], {
        endpoints: standIn,
        files: { 'work.yaml': workYaml(name) },
      });
    }
    const publishes = (): number => standIn.publishes().length;

    it('nothing without --allow-changes', async () => {
      await made('kept');
      const before = publishes();
      await using pty = await startUi();
      await pty.until(/\blive\b/);
      await pty.press(`2/kept${keys.enter}D`, 'read-only: start it with --allow-changes');
      await pty.press('E', 'read-only');
      await pty.press('A', 'read-only');
      expect(publishes()).toBe(before);
    });

    it(`nothing without the word, and deletes ${about}`, async () => {
      await made('doomed');
      const before = publishes();
      await using pty = await startUi({}, ['--allow-changes']);
      await pty.until(/\blive\b/);
      expect(pty.screen.text()).toContain('changes allowed');
      const question = await pty.press(`2/doomed${keys.enter}D`, 'type yes to do it');
      expect(question).toContain('Delete doomed on cluster-west-1, version 1?');
      expect(question).toContain(`at ${standIn.grpcEndpoint} as source maestro-cli`);
      expect(question).toContain('ConfigMap/default/settings');
      await pty.press(`y${keys.enter}`, 'not confirmed, nothing was done');
      await pty.press('D', 'type yes to do it');
      await pty.press(keys.escape, 'not confirmed, nothing was done');
      expect(publishes()).toBe(before);
      await pty.press('D', 'type yes to do it');
      await pty.press(`yes${keys.enter}`, 'deletion requested, not seen gone yet');
      await pty.until('nothing holds "doomed"');
      expect(publishes()).toBe(before + 1);
    });

    it('nothing of a work that has become another version since it was shown', async () => {
      await made('moving');
      await using pty = await startUi({}, ['--allow-changes']);
      await pty.until(/\blive\b/);
      await pty.press(`2/moving${keys.enter}D`, 'type yes to do it');
      await runCli(['apply', '-f', 'work.yaml', '--consumer=cluster-west-1'], {
        endpoints: standIn,
        files: { 'work.yaml': workYaml('moving', { value: 'two' }) },
      });
      await pty.press(`yes${keys.enter}`, 'at version 2 by now, so nothing was done');
    });

    it('nothing that is not on the screen when the word is typed, and says what else there is to see', async () => {
      await made('unseen');
      const before = publishes();
      const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-ui-'));
      const manifests = Array.from(
        { length: 40 },
        (_, index) => `    - {apiVersion: v1, kind: ConfigMap, metadata: {name: m${index}, namespace: d}}`,
      );
      const head = 'apiVersion: work.open-cluster-management.io/v1\nkind: ManifestWork\nmetadata: {name: unseen}\n';
      writeFileSync(join(folder, 'long.yaml'), `${head}spec:\n  workload:\n    manifests:\n${manifests.join('\n')}\n`);
      await using pty = await startUi({ cwd: folder }, ['--allow-changes']);
      await pty.until(/\blive\b/);
      await pty.press(`:cluster-west-1${keys.enter}A`, 'apply to cluster-west-1 the file:');
      await pty.press(`long.yaml${keys.enter}`, /… \d+ more lines of what would be done/);
      pty.resize({ columns: 30, rows: 6 });
      await pty.until('too small');
      pty.send(`yes${keys.enter}`);
      // Keys and sizes come by ways of their own: what was typed is read by the time that a later size is shown.
      pty.resize({ columns: 40, rows: 6 });
      await pty.until(/this is\s+40×6/);
      pty.resize({ columns: 80, rows: 24 });
      // Rows and columns may come one after the other, so the question may be narrow for a moment.
      expect(await pty.until('Update version 1 of unseen on cluster-west-1?')).toContain('type yes to do it');
      await pty.press(keys.enter, 'not confirmed, nothing was done');
      expect(publishes()).toBe(before);
    });

    it('what was agreed to also when it is left meanwhile, and says what came of it', async () => {
      await made('left');
      await using pty = await startUi({}, ['--allow-changes']);
      await pty.until(/\blive\b/);
      await pty.press(`2/left${keys.enter}D`, 'type yes to do it');
      standIn.setFault({ kind: 'delay', channel: 'grpc', ms: 1_000 });
      pty.send(`yes${keys.enter}${keys.ctrlC}`);
      expect(await pty.done).toBe(0);
      standIn.clearFaults();
      expect(pty.screen.text().replaceAll('\n', '')).toMatch(
        /left while a change was under way: left on cluster-west-1: deletion requested/,
      );
    });

    it(`a work in an editor, for which it leaves the screen, ${about}`, async () => {
      await made('edited');
      const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-ui-'));
      writeFileSync(
        join(folder, 'editor.sh'),
        `printf 'the editor has the screen\\n'; read line; sed -i 's/key: one/key: three/' "$1"`,
      );
      await using pty = await startUi({ env: { MAESTRO_EDITOR: `sh ${folder}/editor.sh` } }, ['--allow-changes']);
      await pty.until(/\blive\b/);
      await pty.press(`2/edited${keys.enter}E`, 'the editor has the screen');
      expect(pty.screen.terminal.buffer.active.type).toBe('normal');
      const question = await pty.press('a line for the editor\r', 'type yes to do it');
      expect(pty.screen.terminal.buffer.active.type).toBe('alternate');
      expect(question).toContain('Update version 1 of edited on cluster-west-1?');
      expect(question).toMatch(/^\+ +key: three$/m);
      await pty.press(`yes${keys.enter}`, 'accepted by');
      await pty.press('x', / 2\/2 /);
    });

    it(`a cluster by a file, ${about}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-ui-'));
      writeFileSync(join(folder, 'new.yaml'), workYaml('brand-new'));
      await using pty = await startUi({ cwd: folder }, ['--allow-changes']);
      await pty.until(/\blive\b/);
      await pty.press(`:cluster-west-1${keys.enter}A`, 'apply to cluster-west-1 the file:');
      const question = await pty.press(`new.yaml${keys.enter}`, 'type yes to do it');
      expect(question).toContain('Create brand-new on cluster-west-1?');
      const told = await pty.press(`yes${keys.enter}`, 'accepted by');
      expect(told).toContain('outcome not awaited');
      await pty.press(`x2/brand-new${keys.enter}`, /brand-new +cluster-west-1 +available/);
    });
  });

  describe('leaves the terminal as it found it', () => {
    /** A shell that waits for commands, in which the command is started as a person does. */
    async function shell(env: Readonly<Record<string, string>> = {}): Promise<Pty> {
      const pty = new Pty(['bash', '--norc', '--noprofile', '-i'], {
        env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), PS1: 'ready> ', ...endpoints(), ...env },
      });
      await pty.press('echo written before\r', /^written before\nready>/m);
      return pty;
    }

    async function typeUi(pty: Pty): Promise<void> {
      pty.send(`${(await commandWords()).join(' ')} ui\r`);
      await pty.until(/\blive\b/);
      expect(pty.screen.terminal.buffer.active.type).toBe('alternate');
    }

    /** The number of the process that the shell runs. */
    function childOf(pty: Pty): number {
      const pid = pty.pid();
      return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
    }

    function expectAsFound(pty: Pty, settings: string): void {
      const { terminal } = pty.screen;
      expect(pty.settings()).toBe(settings);
      expect(terminal.buffer.active.type).toBe('normal');
      expect(terminal.modes.bracketedPasteMode).toBe(true);
      expect(terminal.modes.mouseTrackingMode).toBe('none');
      expect(pty.raw().lastIndexOf('\u001B[?25h')).toBeGreaterThan(pty.raw().lastIndexOf('\u001B[?25l'));
      expect(pty.screen.text()).toContain('written before');
    }

    it.each([
      ['q', 'q', 0, ''],
      ['Ctrl-C', keys.ctrlC, 0, ''],
    ])('after %s', async (_name, key, exitCode) => {
      await using pty = await shell();
      const settings = pty.settings();
      await typeUi(pty);
      await pty.press(key, (text) => text.endsWith('ready>'));
      await pty.press('echo "ended with $?"\r', `\nended with ${exitCode}`);
      expectAsFound(pty, settings);
    });

    it.each([
      ['SIGTERM', 143, 'terminated by SIGTERM'],
      ['SIGHUP', 143, 'terminated by SIGHUP'],
      ['SIGINT', 130, 'interrupted by SIGINT'],
    ] as const)('after %s, and then says why it ended', async (signal, exitCode, message) => {
      await using pty = await shell();
      const settings = pty.settings();
      await typeUi(pty);
      process.kill(childOf(pty), signal);
      await pty.until((text) => text.includes(message) && text.endsWith('ready>'));
      await pty.press('echo "ended with $?"\r', `\nended with ${exitCode}`);
      expectAsFound(pty, settings);
    });

    // An executable takes no options for Node, by which the crash is planted.
    it.skipIf(process.env['MAESTRO_CLI_UNDER_TEST'] !== undefined)(
      'after a crash, and shows what others wrote meanwhile only then',
      async () => {
        const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-ui-'));
        writeFileSync(
          join(folder, 'crash.cjs'),
          `process.on('SIGUSR2', () => { console.log('foreign words'); process.emitWarning('a foreign warning');
           setTimeout(() => { throw new Error('planted') }, 300); });`,
        );
        await using pty = await shell({ NODE_OPTIONS: `--require=${join(folder, 'crash.cjs')}` });
        const settings = pty.settings();
        await typeUi(pty);
        process.kill(childOf(pty), 'SIGUSR2');
        await pty.until((text) => text.includes('planted') && text.endsWith('ready>'));
        expect(pty.screen.text()).toMatch(/foreign words[^]*a foreign warning[^]*error: .*planted/);
        await pty.press('echo "ended with $?"\r', '\nended with 70');
        expectAsFound(pty, settings);
      },
    );

    it('while it is stopped by Ctrl-Z, and takes it again after fg', async () => {
      await using pty = await shell();
      const settings = pty.settings();
      await typeUi(pty);
      await pty.press(keys.ctrlZ, /Stopped/);
      await pty.until((text) => text.endsWith('ready>'));
      expectAsFound(pty, settings);
      await pty.press('fg\r', /^\[1 Fleet\]/m);
      expect(pty.screen.terminal.buffer.active.type).toBe('alternate');
      await pty.press('2', /^ 1 Fleet {2}\[2 Works\]/m);
      await pty.press('q', (text) => text.endsWith('ready>'));
      expectAsFound(pty, settings);
    });
  });
});
