import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../support/run-cli.ts';

/** Accepts connections, and never says a word. */
let silent: Server;
const sockets = new Set<Socket>();
beforeAll(async () => {
  silent = createServer((socket) => void sockets.add(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
});

const away = (): string => '127.0.0.1:1';
const silentAddress = (): string => `127.0.0.1:${(silent.address() as AddressInfo).port}`;

describe.each([
  { server: 'is away', address: away },
  { server: 'accepts and never answers', address: silentAddress },
])('a server that $server from the beginning to the end is exit 8', ({ address }) => {
  it.each([
    { argv: ['watch'] },
    { argv: ['watch', '--via=poll'] },
    { argv: ['watch', '--name=w', '--consumer=c1'] },
    { argv: ['list', '--watch'] },
  ])('for $argv', async ({ argv }) => {
    const endpoints = { httpEndpoint: `http://${address()}`, grpcEndpoint: address() };
    const run = await runCli([...argv, '--interval=5ms', '--timeout=300ms'], { endpoints });
    expect(run).toMatchObject({ exitCode: 8, stdout: '' });
    expect(run.stderr).toMatch(/^error: /m);
  });
});
