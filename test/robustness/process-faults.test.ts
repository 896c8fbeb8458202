import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { canMount } from '../../robustness/world/process/small-disk.ts';
import { startCommand, type CommandFaults, type CommandLine, type Ran } from '../../robustness/world/command.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Runs a script as the command is run, with what goes wrong. */
async function ran(script: string, faults: CommandFaults, files: CommandLine['files'] = {}): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-process-faults-'));
  folders.push(folder);
  const program = join(folder, 'program.cjs');
  writeFileSync(program, `#!${process.execPath}\n${script}`);
  chmodSync(program, 0o755);
  return startCommand({ argv: [], files }, { program, folder, env: { PATH: process.env['PATH'] } }, faults).ended;
}

describe('what strikes a command from within', () => {
  it('a full disk takes a part of what is written, then nothing', async () => {
    const script = `const fs = require('node:fs');
      const file = fs.openSync('x', fs.constants.O_WRONLY | fs.constants.O_CREAT);
      const took = fs.writeSync(file, Buffer.alloc(100), 0);
      try { fs.writeSync(file, Buffer.alloc(100), 0) } catch ({ code }) { console.log(took, code) }`;
    const { stdout, struck } = await ran(script, { disk: { afterMs: 0, roomBytes: 30 } });
    expect([stdout, struck]).toEqual(['30 ENOSPC\n', ['full-disk']]);
  });

  it('a clock that is set back moves dates, and no steady clock', async () => {
    const script = `const [date, steady] = [Date.now(), process.uptime()];
      setTimeout(() => {
        const made = new Date().getTime() - date;
        console.log(Math.round((Date.now() - date) / 1e6), Math.round(made / 1e6), process.uptime() > steady);
      }, 50)`;
    const { stdout, struck } = await ran(script, { clock: { afterMs: 1, byMs: -3_000_000 } });
    expect([stdout, struck]).toEqual(['-3 -3 true\n', ['clock-back']]);
  });

  it.runIf(canMount())('a file system that is really full stays so, also when a file goes', async () => {
    const script = `const fs = require('node:fs');
      const write = () => { try { fs.writeFileSync('x', 'x'); return 'room' } catch ({ code }) { return code } };
      const full = setInterval(() => {
        if (!fs.existsSync('.filling')) return;
        clearInterval(full);
        setTimeout(() => {
          const before = write();
          fs.rmSync('x', { force: true });
          fs.rmSync('input');
          setTimeout(() => console.log(before, write()), 200);
        }, 50);
      }, 5)`;
    const { stdout, struck } = await ran(script, { fileSystem: { afterMs: 0 } }, { input: 'what it reads' });
    expect([stdout, struck]).toEqual(['ENOSPC ENOSPC\n', ['full-file-system']]);
  });

  it('a slow reader gets all', async () => {
    const { stdout, struck } = await ran("process.stdout.write('x'.repeat(300_000))", {
      reader: { pieceBytes: 16_000, everyMs: 1 },
    });
    expect([stdout.length, struck]).toEqual([300_000, ['slow-reader']]);
  });
});
