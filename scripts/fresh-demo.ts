/**
 * `npm run demo` in a fresh clone of what is committed, with how long it took from its first line, and how long it was
 * silent. Neither is held against a limit, because a busy machine is no fault of the demo; that it succeeds is.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'maestro-fresh-'));
try {
  execFileSync('git', ['clone', '--quiet', join(import.meta.dirname, '..'), folder]);
  process.exitCode = await demo();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function demo(): Promise<number> {
  const child = spawn('npm', ['run', 'demo'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let firstMs: number | undefined;
  let lastMs = 0;
  let silentMs = 0;
  const heard = (): void => {
    const nowMs = performance.now();
    if (firstMs !== undefined) silentMs = Math.max(silentMs, nowMs - lastMs);
    firstMs ??= nowMs;
    lastMs = nowMs;
  };
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from.on('data', (text: Buffer) => {
      heard();
      to.write(text);
    });
  }
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve(code ?? 1));
  });
  heard();
  const seconds = (ms: number): string => (ms / 1000).toFixed(1);
  console.log(
    `The demo of a fresh clone ended with ${exitCode}, ${seconds(lastMs - (firstMs ?? lastMs))} s after its first line; its longest silence was ${seconds(silentMs)} s.`,
  );
  return exitCode;
}
