import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { MaestroError } from '../../src/errors.ts';
import { checkConnection, parseGrpcEndpoint, parseHttpEndpoint } from '../../src/clients/index.ts';
import type { ConnectionSettings } from '../../src/clients/index.ts';
import { createAuthority } from './support/certificates.ts';
import { thrownBy } from './support/failure.ts';
import { settingsFor } from './support/settings.ts';

describe('parseGrpcEndpoint', () => {
  it.each([
    ['localhost:8090', false, { host: 'localhost', port: 8090, plaintext: false }],
    ['localhost:8090', true, { host: 'localhost', port: 8090, plaintext: true }],
    ['grpc://maestro-grpc.maestro.svc:8090', false, { host: 'maestro-grpc.maestro.svc', port: 8090, plaintext: true }],
    ['grpcs://maestro:443/', false, { host: 'maestro', port: 443, plaintext: false }],
    ['GRPC://m:1', false, { host: 'm', port: 1, plaintext: true }],
    ['[::1]:8090', true, { host: '::1', port: 8090, plaintext: true }],
    ['grpcs://[fe80::1%eth0]:65535', false, { host: 'fe80::1%eth0', port: 65535, plaintext: false }],
    ['127.0.0.1:8090', false, { host: '127.0.0.1', port: 8090, plaintext: false }],
  ])('reads %s', (text, plaintext, expected) => {
    expect(parseGrpcEndpoint(text, { plaintext })).toEqual(expected);
  });

  it.each([
    ['localhost', /no port/, /8090/],
    ['http://localhost:8000', /HTTP URL/, /--http-endpoint/],
    ['https://localhost:8000', /HTTP URL/, /--http-endpoint/],
    ['::1:8090', /not host:port/, /brackets/],
    ['localhost:0', /port 0/, /65535/],
    ['localhost:99999', /port 99999/, /65535/],
    ['dns:///localhost:1', /unknown scheme|not host:port/, /./],
    ['user@host:1', /carries credentials/, /--grpc-client-token-file/],
    ['host:80a', /not host:port/, /./],
    ['', /not host:port/, /./],
    ['host:1/path', /not host:port/, /./],
  ])('refuses %s', (text, message, hint) => {
    const error = thrownBy(() => parseGrpcEndpoint(text, { plaintext: false }));
    expect(error.code).toBe('usage');
    expect(error.message).toMatch(message);
    expect(error.commandHint).toMatch(hint);
  });

  it('refuses grpcs:// together with --grpc-plaintext', () => {
    expect(thrownBy(() => parseGrpcEndpoint('grpcs://m:1', { plaintext: true })).code).toBe('usage');
  });

  it('gives a usable endpoint or a usage error for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        try {
          const { host, port } = parseGrpcEndpoint(text, { plaintext: false });
          expect(host).not.toBe('');
          expect(port).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(MaestroError);
        }
      }),
    );
  });
});

describe('parseHttpEndpoint', () => {
  it.each([
    ['localhost:8000', 'http://localhost:8000'],
    ['http://localhost:8000/', 'http://localhost:8000'],
    ['https://maestro.example/base/', 'https://maestro.example/base'],
    ['https://[::1]:8443', 'https://[::1]:8443'],
    ['maestro', 'http://maestro'],
  ])('reads %s', (text, expected) => {
    expect(parseHttpEndpoint(text)).toBe(expected);
  });

  it.each([
    ['grpc://localhost:8090', /gRPC address/],
    ['ftp://localhost', /scheme "ftp"/],
    ['http://localhost:8000?x=1', /query/],
    ['http://', /not a URL/],
    ['http://localhost:99999', /not a URL/],
  ])('refuses %s', (text, message) => {
    const error = thrownBy(() => parseHttpEndpoint(text));
    expect(error.code).toBe('usage');
    expect(error.message).toMatch(message);
  });

  it.each(['https://me:hunter2@maestro', 'me:hunter2@maestro:8000', 'ftp://me:hunter2@maestro'])(
    'never repeats the password of %s',
    (text) => {
      const error = thrownBy(() => parseHttpEndpoint(text));
      expect(error.code).toBe('usage');
      expect(`${error.message} ${error.commandHint}`).not.toContain('hunter2');
    },
  );
});

describe('checkConnection', () => {
  const dir = mkdtempSync(join(tmpdir(), 'connection-'));
  const file = (name: string, text: string): string => {
    const path = join(dir, name);
    writeFileSync(path, text);
    return path;
  };
  const tls = { grpcEndpoint: { host: 'm', port: 1, plaintext: false } };
  const paths = { ca: '', cert: '', key: '', otherKey: '' };

  beforeAll(async () => {
    const authority = await createAuthority();
    const [issued, other] = await Promise.all([authority.issue({ client: true }), authority.issue({ client: true })]);
    paths.ca = file('ca.pem', authority.cert);
    paths.cert = file('cert.pem', issued.cert);
    paths.key = file('key.pem', issued.key);
    paths.otherKey = file('other.pem', other.key);
  });

  it('accepts what works', () => {
    expect(() =>
      checkConnection(
        settingsFor({
          ...tls,
          grpcTls: { caFile: paths.ca, clientCertFile: paths.cert, clientKeyFile: paths.key },
          grpcToken: { file: file('token', 'abc\n') },
        }),
      ),
    ).not.toThrow();
  });

  const refused: readonly [string, () => Partial<ConnectionSettings>, RegExp, RegExp][] = [
    [
      'a certificate without its key',
      () => ({ ...tls, grpcTls: { clientCertFile: paths.cert } }),
      /--grpc-client-cert-file is given without --grpc-client-key-file/,
      /./,
    ],
    [
      'a key without its certificate',
      () => ({ httpTls: { clientKeyFile: paths.key } }),
      /--http-client-key-file is given without/,
      /./,
    ],
    [
      'a missing file',
      () => ({ ...tls, grpcTls: { caFile: join(dir, 'absent') } }),
      /absent does not exist/,
      /--grpc-server-ca-file/,
    ],
    [
      'an empty file',
      () => ({ ...tls, grpcTls: { caFile: file('empty', ' \n') } }),
      /empty is empty/,
      /--grpc-server-ca-file/,
    ],
    [
      'a directory',
      () => ({ grpcToken: { file: dir }, allowPlaintextToken: true }),
      /is a directory/,
      /--grpc-client-token-file/,
    ],
    [
      'a CA that is none',
      () => ({ ...tls, grpcTls: { caFile: file('text', 'hello') } }),
      /no PEM certificate/,
      /--grpc-server-ca-file/,
    ],
    [
      'a key of another certificate',
      () => ({ ...tls, grpcTls: { clientCertFile: paths.cert, clientKeyFile: paths.otherKey } }),
      /does not belong/,
      /--grpc-client-key-file/,
    ],
    [
      'a broken CA',
      () => ({
        httpEndpoint: 'https://m',
        grpcTls: { caFile: file('broken', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n') },
      }),
      /broken holds a broken certificate \(number 1\)/,
      /--http-ca-file/,
    ],
    [
      'an empty token file',
      () => ({ httpToken: { file: file('notoken', '\n') }, allowPlaintextToken: true }),
      /notoken is empty/,
      /--http-token-file/,
    ],
    ['a token over plaintext gRPC', () => ({ grpcToken: { value: 'sesame' } }), /plaintext/, /--allow-plaintext-token/],
    ['a token over plaintext HTTP', () => ({ httpToken: { value: 'sesame' } }), /plaintext/, /--allow-plaintext-token/],
    [
      'a token with a line break',
      () => ({ grpcToken: { value: 'ses\name' }, allowPlaintextToken: true }),
      /--grpc-client-token/,
      /^$|./,
    ],
  ];
  it.each(refused)('refuses %s', (_name, changes, message, hint) => {
    const error = thrownBy(() => checkConnection(settingsFor(changes())));
    expect(error.code).toBe('usage');
    expect(error.message).toMatch(message);
    expect(error.commandHint ?? '').toMatch(hint);
    expect(`${error.message} ${error.commandHint}`).not.toMatch(/sesame|ses\name/);
  });

  it('allows a token over plaintext when told to', () => {
    expect(() =>
      checkConnection(settingsFor({ grpcToken: { value: 'sesame' }, allowPlaintextToken: true })),
    ).not.toThrow();
  });
});
