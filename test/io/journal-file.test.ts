import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { headerLine, type JournalEntry } from '../../src/core/fleet/journal.ts';
import { openJournal } from '../../src/io/journal-file.ts';
import { usageErrorOf } from '../command-line/support.ts';
import { emptyFolder, runs } from '../support/run-cli.ts';

const header = { endpoint: 'm:8090', source: 's', input: 'i' };
const owner = { pid: process.pid, wallMs: Date.parse('2026-11-23T01:00:00Z'), isRunning: runs };
const entry = (number: number): JournalEntry => ({ consumer: `c${number}`, name: 'w', version: 1, work: 'h' });

describe('a journal file', () => {
  it('is on the disk after each batch and each flush, and goes on where it ended', () => {
    const cwd = emptyFolder();
    const lines = (): number => readFileSync(join(cwd, 'j'), 'utf8').split('\n').length - 1;
    const first = openJournal('j', cwd, header, owner);
    expect(lines()).toBe(1);
    for (let number = 0; number < 24; number += 1) first.add(entry(number));
    expect(lines()).toBe(1);
    first.add(entry(24));
    expect(lines()).toBe(26);
    first.add(entry(25));
    first.flush();
    expect(lines()).toBe(27);
    first.close();
    writeFileSync(join(cwd, 'j'), '{"consumer":"half', { flag: 'a' });
    const second = openJournal('j', cwd, header, owner);
    expect(second.entries.map(({ consumer }) => consumer)).toEqual(
      Array.from({ length: 26 }, (_unused, number) => `c${number}`),
    );
    second.add(entry(26));
    second.flush();
    second.close();
    expect(openJournal('j', cwd, header, owner).entries).toHaveLength(27);
  });

  it('that cannot be used is a usage error before anything is sent', () => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, 'folder'));
    expect(usageErrorOf(() => openJournal('folder', cwd, header, owner)).message).toMatch(
      /^the journal folder cannot be used: it is no regular file/,
    );
    expect(usageErrorOf(() => openJournal('no/such/j', cwd, header, owner)).message).toMatch(
      /^the journal no\/such\/j cannot be used: no such file or directory/,
    );
    expect(usageErrorOf(() => openJournal('/dev/null', cwd, header, owner)).message).toBe(
      'the journal /dev/null cannot be used: it is no regular file',
    );
    writeFileSync(join(cwd, 'j'), headerLine({ ...header, input: 'other' }));
    usageErrorOf(() => openJournal('j', cwd, header, owner));
    expect(readFileSync(join(cwd, 'j'), 'utf8')).toBe(headerLine({ ...header, input: 'other' }));
  });
});

describe('the lock of a journal', () => {
  const lockText = (holder: object): string =>
    `${JSON.stringify({ pid: process.pid, host: hostname(), since: '2026-11-23T00:00:00.000Z', ...holder })}\n`;
  /** The number of a process that has ended. */
  const gone = (): number => spawnSync(process.execPath, ['--version']).pid;

  it('is held while the journal is open, under whatever name it is reached, and left behind by nobody', () => {
    const cwd = emptyFolder();
    const first = openJournal('j', cwd, header, owner);
    expect(JSON.parse(readFileSync(join(cwd, 'j.lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
      host: hostname(),
      since: '2026-11-23T01:00:00.000Z',
    });
    symlinkSync('j', join(cwd, 'other'));
    for (const name of ['j', 'other', './j']) {
      const error = usageErrorOf(() => openJournal(name, cwd, header, owner));
      expect(error.message).toBe(
        `the journal ${name} is in use by process ${process.pid} on ${hostname()} since 2026-11-23T01:00:00.000Z`,
      );
      expect(error.hint).toBe(
        'Nothing was sent. Wait until that run has ended, or give this one another --journal file.',
      );
    }
    first.add(entry(1));
    first.flush();
    first.close();
    expect(readdirSync(cwd).toSorted()).toEqual(['j', 'other']);
    expect(openJournal('other', cwd, header, owner).entries).toHaveLength(1);
  });

  it('is given back when the journal turns out to belong to other input', () => {
    const cwd = emptyFolder();
    openJournal('j', cwd, header, owner).close();
    usageErrorOf(() => openJournal('j', cwd, { ...header, input: 'other' }, owner));
    expect(readdirSync(cwd)).toEqual(['j']);
  });

  it.each([
    { title: 'of a process of this host that is gone', holder: () => lockText({ pid: gone() }) },
    { title: 'of a process whose number another one has now', holder: () => lockText({ began: '1' }) },
  ])('$title is taken over', ({ holder }) => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'j.lock'), holder());
    const journal = openJournal('j', cwd, header, owner);
    expect(JSON.parse(readFileSync(join(cwd, 'j.lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
      since: '2026-11-23T01:00:00.000Z',
    });
    journal.close();
    expect(readdirSync(cwd)).toEqual(['j']);
  });

  it.each([
    {
      title: 'of another host',
      holder: () => lockText({ pid: gone(), host: 'pod-7' }),
      message: /^the journal j is in use by process \d+ on pod-7 since 2026-11-23T00:00:00.000Z$/,
      hint: /cannot be seen from here. If it does not, remove .*j\.lock and start again/,
    },
    {
      title: 'that does not say whose it is',
      holder: () => '',
      message: /^the journal j is locked by .*j\.lock, which does not say by whom$/,
      hint: /remove .*j\.lock/,
    },
    {
      title: 'of a process that runs',
      holder: () => lockText({ pid: process.ppid }),
      message: /^the journal j is in use by process \d+ on /,
      hint: /Wait until that run has ended/,
    },
    {
      title: 'that another run is taking over',
      holder: () => lockText({ pid: gone() }),
      guard: true,
      message: /^the journal j is being taken over by another run$/,
      hint: /remove .*j\.lock\.takeover and .*j\.lock\./,
    },
  ])('$title is respected, and nothing is changed', ({ holder, guard = false, message, hint }) => {
    const cwd = emptyFolder();
    const text = holder();
    writeFileSync(join(cwd, 'j'), headerLine(header));
    writeFileSync(join(cwd, 'j.lock'), text);
    if (guard) writeFileSync(join(cwd, 'j.lock.takeover'), '');
    const error = usageErrorOf(() => openJournal('j', cwd, header, owner));
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
    expect(readFileSync(join(cwd, 'j.lock'), 'utf8')).toBe(text);
    expect(existsSync(join(cwd, 'j.lock.takeover'))).toBe(guard);
  });

  it('that is a pipe which somebody planted holds nobody up', () => {
    const cwd = emptyFolder();
    spawnSync('mkfifo', [join(cwd, 'j.lock')]);
    expect(usageErrorOf(() => openJournal('j', cwd, header, owner)).message).toMatch(
      /^the journal j is locked by .*j\.lock, which does not say by whom$/,
    );
  });

  it('is not given back by a run that lost it', () => {
    const cwd = emptyFolder();
    const journal = openJournal('j', cwd, header, owner);
    writeFileSync(join(cwd, 'j.lock'), lockText({ host: 'pod-7' }));
    journal.close();
    expect(readFileSync(join(cwd, 'j.lock'), 'utf8')).toBe(lockText({ host: 'pod-7' }));
  });

  it.runIf(existsSync('/proc/self/stat'))(
    'of a process that has ended and that its parent has not looked at is taken over',
    async ({ skip }) => {
      // The child ends once the shell has become a program that never asks for it: a shell would.
      const parent = spawn('/bin/sh', ['-c', 'cat <&0 >/dev/null & echo $!; exec sleep 30'], {
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      try {
        const [line] = (await once(parent.stdout, 'data')) as [Buffer];
        const pid = Number(line.toString());
        await expect.poll(() => readFileSync(`/proc/${parent.pid}/stat`, 'utf8')).toMatch(/\(sleep\)/);
        parent.stdin.end();
        const state = (): string =>
          existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : 'reaped';
        await expect.poll(state).toMatch(/\) Z |^reaped$/);
        // Where SIGCHLD is ignored from the start, nobody has to look.
        skip(state() === 'reaped', 'this system keeps no ended process for its parent');
        const cwd = emptyFolder();
        writeFileSync(join(cwd, 'j.lock'), lockText({ pid }));
        openJournal('j', cwd, header, owner).close();
      } finally {
        parent.kill('SIGKILL');
      }
    },
  );

  it('is had by one of many that begin at once, beside a lock left behind', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'j.lock'), lockText({ pid: gone() }));
    const script = `
      import { openJournal } from ${JSON.stringify(join(import.meta.dirname, '../../src/io/journal-file.ts'))};
      const isRunning = (pid) => { try { return process.kill(pid, 0); } catch { return false; } };
      process.stdin.once('data', () => {
        let said = 'refused';
        try { openJournal('j', ${JSON.stringify(cwd)}, ${JSON.stringify(header)}, { pid: process.pid, wallMs: 0, isRunning }); said = 'locked'; } catch {}
        process.stdout.write(said);
      });
      process.stdout.write('ready ');
      setTimeout(() => process.exit(), 20000);`;
    const runners = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    try {
      const said = runners.map(() => '');
      for (const [index, { stdout }] of runners.entries())
        stdout.on('data', (data: Buffer) => (said[index] += data.toString()));
      await expect.poll(() => said, { timeout: 15_000 }).toEqual(runners.map(() => 'ready '));
      for (const { stdin } of runners) stdin.write('go\n');
      await expect
        .poll(() => said.toSorted(), { timeout: 15_000 })
        .toEqual(['ready locked', 'ready refused', 'ready refused', 'ready refused']);
    } finally {
      for (const runner of runners) runner.kill('SIGKILL');
    }
  });
});
