import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from './processes.ts';
import { eventually } from './wait.ts';

/** Writes its pid and then lives for a long time. */
const longLived = (file: string): string[] => ['-c', `echo $$ >'${file}'; exec sleep 600`];

function pidFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-rig-pid-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'pid');
}

async function pidIn(file: string): Promise<number> {
  return eventually(() => {
    const pid = Number(readFileSync(file, 'utf8'));
    expect(pid).toBeGreaterThan(1);
    return pid;
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a server ends when it is stopped', async () => {
  const file = pidFile();
  const server = startServer('sh', longLived(file));
  const pid = await pidIn(file);
  expect(isAlive(pid)).toBe(true);
  await server.stop();
  await eventually(() => expect(isAlive(pid)).toBe(false));
  expect(server.exit()).toBeDefined();
});

test('a server ends with a test runner that is killed', async () => {
  const file = pidFile();
  const module = join(import.meta.dirname, 'processes.ts');
  const script = `const { startServer } = await import(${JSON.stringify(module)}); startServer('sh', ${JSON.stringify(longLived(file))}); setInterval(() => {}, 1000);`;
  const runner = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' });
  const pid = await pidIn(file);
  runner.kill('SIGKILL');
  await eventually(() => expect(isAlive(pid)).toBe(false));
});

test('a server that cannot start says so', async () => {
  const server = startServer('sh', ['-c', 'echo no such flag >&2; exit 3']);
  await eventually(() => expect(server.exit()).toBe('ended with 3'));
  expect(server.log()).toContain('no such flag');
  await server.stop();
});
