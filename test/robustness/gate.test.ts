import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Gate } from '../../robustness/world/gate.ts';
import { RequestEnds } from '../../robustness/world/request-ends.ts';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A server that keeps what it gets and answers each piece, behind a gate. */
async function behindGate(): Promise<{
  readonly gate: Gate;
  readonly got: () => string;
  readonly ended: Promise<void>;
}> {
  let got = '';
  const gone = Promise.withResolvers<void>();
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (piece) => {
      got += piece.toString();
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
    });
    socket.once('close', () => gone.resolve());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const gate = await Gate.open({ host: '127.0.0.1', port });
  open.push(
    () => void server.close(),
    () => gate.close(),
  );
  return { gate, got: () => got, ended: gone.promise };
}

async function client(gate: Gate): Promise<{ readonly socket: Socket; readonly heard: () => string }> {
  let heard = '';
  const socket = connect(gate.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.on('data', (piece) => (heard += piece.toString()));
  await once(socket, 'connect');
  open.push(() => void socket.destroy());
  return { socket, heard: () => heard };
}

const request = 'POST /x HTTP/1.1\r\ncontent-length: 4\r\n\r\nbody';

describe('a gate', () => {
  it('ends a connection exactly after the last byte of a request', async () => {
    const { gate, got, ended } = await behindGate();
    gate.cutAfterRequest(1);
    const { socket } = await client(gate);
    socket.write(request.slice(0, -2));
    // Not by `once`, which takes the reset of the connection for a failure.
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(`${request.slice(-2)}and more`);
    await closed;
    await ended;
    expect(got()).toBe(request);
    expect(gate.struck).toEqual({ 'cut-after-request': 1 });
  });

  it('carries nothing one way while the other goes on', async () => {
    const { gate, got } = await behindGate();
    const { socket, heard } = await client(gate);
    const lasting = gate.beHalfOpen(300, 'answer');
    socket.write(request);
    await lasting;
    expect([got(), heard()]).toEqual([request, '']);
    expect(gate.struck).toEqual({ 'half-open answer': 1 });
  });

  it('cuts a connection by what it carries from then on, and not by what it has carried', async () => {
    const { gate, got, ended } = await behindGate();
    const { socket, heard } = await client(gate);
    socket.write('many bytes before');
    await vi.waitFor(() => expect(heard()).not.toBe(''));
    gate.cutNext('request', 5);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('0123456789');
    await closed;
    await ended;
    expect(got()).toBe('many bytes before01234');
    expect(gate.struck).toEqual({ cut: 1 });
  });

  it('counts what lasts only when something met it', async () => {
    const { gate } = await behindGate();
    await Promise.all([gate.beSlow(10, 0), gate.beHalfOpen(0)]);
    expect(gate.struck).toEqual({});
  });

  it('takes its port back from another process, and not once it is closed', async () => {
    const { gate } = await behindGate();
    const other = createServer();
    const refusing = gate.refuse(0);
    await once(other.listen(gate.port, '127.0.0.1'), 'listening');
    await new Promise((resolve) => other.close(resolve));
    await refusing;
    await client(gate);
    const again = gate.refuse(0);
    await Promise.all([gate.close(), again]);
    const refused = connect(gate.port, '127.0.0.1');
    const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });
});

describe('the end of a request', () => {
  const frame = (type: number, flags: number, body: string): Buffer =>
    Buffer.concat([Buffer.from([0, 0, body.length, type, flags, 0, 0, 0, 1]), Buffer.from(body)]);
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

  it('is where HTTP/2 ends a stream, however the bytes come', () => {
    const all = Buffer.concat([preface, frame(4, 0, ''), frame(1, 4, 'head'), frame(0, 1, 'body')]);
    expect(new RequestEnds().endIn(Buffer.concat([all, frame(4, 1, '')]))).toBe(all.length);
    const bytes = new RequestEnds();
    const ends = [...all].map((byte) => bytes.endIn(Buffer.from([byte])));
    expect(ends.findIndex((end) => end !== undefined)).toBe(all.length - 1);
  });

  it('is not found in what is encrypted', () => {
    expect(new RequestEnds().endIn(Buffer.alloc(2_000, 22))).toBeUndefined();
  });
});
