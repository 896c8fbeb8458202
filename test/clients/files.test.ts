import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTlsSource, createTokenReader } from '../../src/clients/files.ts';
import type { TlsFiles } from '../../src/clients/files.ts';
import { createAuthority } from './support/certificates.ts';
import type { Authority, Issued } from './support/certificates.ts';

let authority: Authority;
let other: Authority;
let first: Issued;
let second: Issued;

beforeAll(async () => {
  authority = await createAuthority();
  other = await createAuthority('CN=other ca');
  [first, second] = await Promise.all([
    authority.issue({ name: 'CN=first', client: true }),
    authority.issue({ name: 'CN=second', client: true }),
  ]);
});

function write(path: string, text: string | undefined): void {
  if (text === undefined) rmSync(path);
  else writeFileSync(path, text);
}

function halfOf(text: string): string {
  return text.slice(0, text.length / 2);
}

/** A CA file, a certificate and its key in a directory of their own. */
function tlsFiles(): Required<TlsFiles> {
  const dir = mkdtempSync(join(tmpdir(), 'files-'));
  const files = {
    caFile: join(dir, 'ca.pem'),
    clientCertFile: join(dir, 'client.crt'),
    clientKeyFile: join(dir, 'client.key'),
  };
  write(files.caFile, authority.cert);
  write(files.clientCertFile, first.cert);
  write(files.clientKeyFile, first.key);
  return files;
}

/** What a writer that does not rename leaves for a moment; undefined is no file. */
const tlsDamages: readonly (readonly [string, keyof TlsFiles, () => string | undefined])[] = [
  ['an empty CA file', 'caFile', () => ''],
  ['no CA file', 'caFile', () => undefined],
  ['half a CA', 'caFile', () => halfOf(other.cert)],
  ['one CA and half of the next', 'caFile', () => `${other.cert}\n${halfOf(authority.cert)}`],
  ['an empty certificate file', 'clientCertFile', () => ''],
  ['half a certificate', 'clientCertFile', () => halfOf(second.cert)],
  ['the certificate of another key', 'clientCertFile', () => second.cert],
  ['no key file', 'clientKeyFile', () => undefined],
  ['half a key', 'clientKeyFile', () => halfOf(second.key)],
];

describe('a pipe in the place of a file', () => {
  it('is refused at once, because it could be read once only and would hold up every signal', () => {
    const pipe = join(mkdtempSync(join(tmpdir(), 'files-')), 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(() => createTokenReader({ file: pipe }, 'http')()).toThrow(
      `the file ${pipe} cannot be read: it is no regular file`,
    );
    expect(() => createTlsSource({ caFile: pipe }, 'grpc')()).toThrow(
      `the file ${pipe} cannot be read: it is no regular file`,
    );
  });
});

describe('TLS files that are being written', () => {
  it.each(tlsDamages)('%s: the last good ones are used until all are whole', (_name, damaged, text) => {
    const files = tlsFiles();
    const read = createTlsSource(files, 'grpc');
    const before = read();
    write(files[damaged], text());
    expect(read()).toBe(before);
    write(files.caFile, `${authority.cert}\n${other.cert}`);
    write(files.clientCertFile, second.cert);
    write(files.clientKeyFile, second.key);
    const after = read();
    expect(after).not.toBe(before);
    expect(after).toMatchObject({ ca: `${authority.cert}\n${other.cert}`, cert: second.cert, key: second.key });
  });

  it.each(tlsDamages)('%s: refused when there were no good ones before', (_name, damaged, text) => {
    const files = tlsFiles();
    write(files[damaged], text());
    expect(createTlsSource(files, 'grpc')).toThrowError(
      expect.objectContaining({ code: 'usage', delivery: 'not-sent' }),
    );
  });
});

describe('a token file that is being written', () => {
  it.each([
    ['empty', ''],
    ['gone', undefined],
    ['no token yet', 'two words\n'],
  ])('%s: the last good token is used until there is another', (_name, text) => {
    const file = join(mkdtempSync(join(tmpdir(), 'files-')), 'token');
    write(file, 'one\n');
    const read = createTokenReader({ file }, 'grpc');
    expect(read()).toBe('one');
    write(file, text);
    expect(read()).toBe('one');
    write(file, 'two\n');
    expect(read()).toBe('two');
    write(file, text);
    expect(createTokenReader({ file }, 'grpc')).toThrowError(
      expect.objectContaining({ code: 'usage', delivery: 'not-sent' }),
    );
  });
});
