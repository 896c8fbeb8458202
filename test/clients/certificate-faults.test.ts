import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { certificateCodes, certificateFaults } from '../../src/clients/certificate-faults.ts';
import { connectFault } from '../../src/clients/connect-fault.ts';
import { ProxyFailure } from '../../src/clients/connection-errors.ts';
import { translateGrpcError, translateHttpFailure } from '../../src/clients/translate-error.ts';
import { createAuthority } from './support/certificates.ts';

const denied = { code: 'access-denied', reason: 'TlsFailed', transient: false } as const;
const grpcFacts = {
  endpoint: { host: 'maestro.example', port: 8090, plaintext: false },
  source: 's',
  consumer: 'c',
  connected: false,
};

describe('a certificate that is refused', () => {
  it.each(certificateFaults)('is exit code 9 at once, on both sides: %s', (text) => {
    const grpc = translateGrpcError(
      { code: 14, details: `No connection established. Last error: ${text}. Resolution note: ` },
      grpcFacts,
    );
    const http = translateHttpFailure(Object.assign(new Error(text), { code: 'UNSPECIFIED' }), {
      method: 'GET',
      url: 'https://maestro.example:8000/',
      consumer: '',
    });
    for (const error of [grpc, http]) expect(error).toMatchObject({ ...denied, delivery: 'not-sent' });
  });

  it.each(certificateCodes)('is exit code 9 at once by the code of Node alone: %s', (code) => {
    expect(connectFault(Object.assign(new Error('in other words'), { code }), 'http')).toMatchObject(denied);
  });

  it('is a mistake that stays one when it is a proxy that shows it', () => {
    const failed = (cause: string): ProxyFailure => new ProxyFailure('https://proxy:3128', { cause: new Error(cause) });
    expect(connectFault(failed('unsuitable certificate purpose'), 'http')).toMatchObject({
      ...denied,
      problem: expect.stringContaining('the proxy https://proxy:3128') as string,
    });
    expect(connectFault(failed('read ECONNRESET'), 'http')).toMatchObject({
      code: 'unavailable',
      transient: true,
    });
  });

  it('is told in the words that this Node has', () => {
    const node = readFileSync(process.execPath);
    // The compiler puts most texts of one source close together, so not all of the 130 MB is looked through for each.
    const around = (text: string): Buffer => {
      const at = node.indexOf(`${text}\0`);
      return node.subarray(at - 32_768, at + 32_768);
    };
    const texts = around('unsuitable certificate purpose');
    expect(certificateFaults.filter((text) => !texts.includes(`${text}\0`) && !node.includes(`${text}\0`))).toEqual([]);
    const codes = around('UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
    expect(certificateCodes.filter((code) => !codes.includes(`${code}\0`) && !node.includes(`${code}\0`))).toEqual([]);
  });

  it('is found in what a handshake says: a certificate for clients only', async () => {
    const authority = await createAuthority();
    const { cert, key } = await authority.issue({ client: true });
    const server = createServer({ cert, key }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const socket = connect({
      port: (server.address() as AddressInfo).port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: authority.cert,
    });
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(connectFault(error, 'http')).toMatchObject({
      ...denied,
      problem: 'the server certificate is refused (unsuitable certificate purpose)',
    });
  });
});
