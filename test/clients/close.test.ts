import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startGrpcServer } from './support/grpc-server.ts';

/** Runs the program; gives what it printed and its exit code. */
async function run(port: number, mode: string): Promise<{ output: string; code: number | null }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'support/close-and-exit.ts'), String(port), mode]);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const stuck = setTimeout(() => child.kill('SIGKILL'), 15_000);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearTimeout(stuck);
  return { output, code };
}

describe('after close, nothing keeps the process alive', () => {
  it.each(['plaintext', 'tls'])('with a silent server, in %s', async (mode) => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const result = await run((silent.address() as AddressInfo).port, mode);
    sockets.forEach((socket) => socket.destroy());
    silent.close();
    expect(result).toEqual({ output: 'closed\n', code: 0 });
  });

  it('with a closed port', async () => {
    expect(await run(1, 'plaintext')).toEqual({ output: 'closed\n', code: 0 });
  });

  it('with a server that answers', async () => {
    const server = await startGrpcServer();
    const result = await run(server.port, 'plaintext');
    await server.close();
    expect(result).toEqual({ output: 'closed\n', code: 0 });
  });
});
