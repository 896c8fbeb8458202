import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs an assertion again and again until it passes, and gives what it gave.
 * At the bound it fails with what the last try said.
 */
export async function eventually<T>(assertion: () => T | Promise<T>, boundMs = 10_000, everyMs = 25): Promise<T> {
  const endMs = performance.now() + boundMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() >= endMs) {
        if (error instanceof Error) error.message = `not within ${String(boundMs)} ms: ${error.message}`;
        throw error;
      }
    }
    await sleep(everyMs);
  }
}

/** Ports that nobody listened on a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ports.push((server.address() as AddressInfo).port);
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
