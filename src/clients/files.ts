import { statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';
import { MaestroError } from '../errors.ts';
import { readRegularFile } from '../io/read-file.ts';
import { certificateProblem, contextProblem } from './pem-problems.ts';

/** Paths of PEM files; absent means "not given". */
export interface TlsFiles {
  readonly caFile?: string;
  readonly clientCertFile?: string;
  readonly clientKeyFile?: string;
}

/** A bearer token: a file that is read again when it changes, or the token itself. */
export type TokenSource = { readonly file: string } | { readonly value: string };

/** Of the two channels to Maestro, one. */
export type Channel = 'grpc' | 'http';

/** The flags that name each file, so that a message can say which one to change. */
export const fileFlags = {
  grpc: {
    ca: '--grpc-server-ca-file',
    cert: '--grpc-client-cert-file',
    key: '--grpc-client-key-file',
    token: '--grpc-client-token-file',
    tokenValue: '--grpc-client-token',
  },
  http: {
    ca: '--http-ca-file',
    cert: '--http-client-cert-file',
    key: '--http-client-key-file',
    token: '--http-token-file',
    tokenValue: '--http-token',
  },
} as const;

/** What names the files of a channel. */
export type FileNames = Readonly<Record<keyof (typeof fileFlags)['grpc'], string>>;

/** The options of a program that name each file. */
export const fileOptions: Readonly<Record<Channel, FileNames>> = {
  grpc: {
    ca: 'grpcTls.caFile',
    cert: 'grpcTls.clientCertFile',
    key: 'grpcTls.clientKeyFile',
    token: 'grpcToken.file',
    tokenValue: 'grpcToken.value',
  },
  http: {
    ca: 'httpTls.caFile',
    cert: 'httpTls.clientCertFile',
    key: 'httpTls.clientKeyFile',
    token: 'httpToken.file',
    tokenValue: 'httpToken.value',
  },
};

/** The option of a program for a flag that names a file. */
export function optionOf(flag: string): string {
  for (const channel of ['grpc', 'http'] as const)
    for (const [name, one] of Object.entries(fileFlags[channel]))
      if (one === flag) return fileOptions[channel][name as keyof FileNames];
  return flag;
}

/** PEM text of a channel's TLS files. */
export interface Certificates {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

interface SeenFile {
  readonly stamp: string;
  readonly text: string;
}

/** More than any token or bundle of certificates has. */
const maxFileBytes = 4 * 1024 * 1024;

/** Reads files again only when their stamp changed. */
class FileCache {
  readonly #seen = new Map<string, SeenFile>();

  /** The file's text. `stat` follows links, so a swapped Kubernetes secret shows as another inode. */
  read(path: string, flag: string): string {
    const stamp = stampOf(path, flag);
    const seen = this.#seen.get(path);
    if (seen?.stamp === stamp) return seen.text;
    const text = readText(path, flag);
    this.#seen.set(path, { stamp, text });
    return text;
  }
}

/** TLS client options of one channel, the same object until a file changes. */
export interface TlsMaterial extends Certificates {
  readonly context: SecureContext;
}

/**
 * Gives the TLS material of a channel, read again when a file changed. While a
 * rotation is half done (a file is empty, cut short or gone, or the new
 * certificate stands beside the old key), what was good last is used, and the
 * next call looks again. Throws a usage error naming file and flag as long as
 * nothing was good.
 */
export function createTlsSource(files: TlsFiles, channel: Channel): () => TlsMaterial {
  const cache = new FileCache();
  const flags = fileFlags[channel];
  const given = [
    [files.caFile, flags.ca],
    [files.clientCertFile, flags.cert],
    [files.clientKeyFile, flags.key],
  ] as const;
  let current: { readonly material: TlsMaterial; readonly stamps: string } | undefined;
  return lastGood(() => {
    checkPair(files, channel);
    // Every call of a client asks; parsing certificates each time would cost more than the call.
    const stamps = given.map(([path, flag]) => (path === undefined ? '' : stampOf(path, flag))).join(',');
    if (current?.stamps === stamps) return current.material;
    const certificates = readWith(cache, files, channel);
    const material =
      current !== undefined && sameTexts(current.material, certificates)
        ? current.material
        : { ...certificates, context: secureContext(certificates, files, channel) };
    current = { material, stamps };
    return material;
  });
}

/** A file that is being written as a call begins must not end a process that has run for weeks. */
function lastGood<T>(read: () => T): () => T {
  let good: { readonly value: T } | undefined;
  return () => {
    try {
      good = { value: read() };
    } catch (error) {
      if (good === undefined) throw error;
    }
    return good.value;
  };
}

function sameTexts(a: Certificates, b: Certificates): boolean {
  return a.ca === b.ca && a.cert === b.cert && a.key === b.key;
}

/**
 * Gives the bearer token, read again when its file changed; undefined when there
 * is none. While the file is empty, gone or holds no token, it is the last one
 * that was good; a usage error naming file and flag when there was none.
 */
export function createTokenReader(source: TokenSource | undefined, channel: Channel): () => string | undefined {
  const cache = new FileCache();
  return lastGood(() => (source === undefined ? undefined : tokenWith(cache, source, channel)));
}

/** Reads and checks the TLS files once. Throws a usage error naming file and flag. */
export function readCertificateFiles(files: TlsFiles, channel: Channel): Certificates {
  const certificates = readWith(new FileCache(), files, channel);
  secureContext(certificates, files, channel);
  return certificates;
}

/** Reads and checks the token once. Throws a usage error naming file and flag, never the token. */
export function readToken(source: TokenSource, channel: Channel): string {
  return tokenWith(new FileCache(), source, channel);
}

/** Throws when one of certificate and key is given without the other. */
export function checkPair(files: TlsFiles, channel: Channel): void {
  const flags = fileFlags[channel];
  if ((files.clientCertFile === undefined) === (files.clientKeyFile === undefined)) return;
  const [given, missing] = files.clientCertFile === undefined ? [flags.key, flags.cert] : [flags.cert, flags.key];
  throw new MaestroError('usage', `${given} is given without ${missing}`, {
    hint: `A client certificate needs both.`,
    delivery: 'not-sent',
  });
}

function readWith(cache: FileCache, files: TlsFiles, channel: Channel): Certificates {
  checkPair(files, channel);
  const flags = fileFlags[channel];
  const pem = (path: string | undefined, flag: string, kind: RegExp, what: string): string | undefined => {
    if (path === undefined) return undefined;
    const text = cache.read(path, flag);
    if (!kind.test(text)) throw fileError(path, flag, `holds no PEM ${what}`);
    if (what === 'certificate') checkCertificates(text, path, flag);
    return text;
  };
  const ca = pem(files.caFile, flags.ca, /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/, 'certificate');
  const cert = pem(files.clientCertFile, flags.cert, /-----BEGIN (?:X509 )?CERTIFICATE-----/, 'certificate');
  const key = pem(files.clientKeyFile, flags.key, /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/, 'private key');
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function checkCertificates(text: string, path: string, flag: string): void {
  const found = certificateProblem(text);
  if (found !== undefined) throw fileError(path, flag, `holds ${found.problem}`, found.cause);
}

/** Maestro speaks TLS 1.3 only, on both ports (recordings/access.json, tls-1.2). */
function secureContext(certificates: Certificates, files: TlsFiles, channel: Channel): SecureContext {
  try {
    return createSecureContext({ ...certificates, minVersion: 'TLSv1.3' });
  } catch (error) {
    const named = [files.caFile, files.clientCertFile, files.clientKeyFile].filter((path) => path !== undefined);
    throw new MaestroError('usage', `the TLS files ${named.join(', ')} cannot be used: ${contextProblem(error)}`, {
      hint: {
        program: `Check ${fileOptions[channel].ca}, ${fileOptions[channel].cert} and ${fileOptions[channel].key}.`,
        command: `Check ${fileFlags[channel].ca}, ${fileFlags[channel].cert} and ${fileFlags[channel].key}.`,
      },
      delivery: 'not-sent',
      cause: error,
    });
  }
}

function tokenWith(cache: FileCache, source: TokenSource, channel: Channel): string {
  const flags = fileFlags[channel];
  const token = 'file' in source ? cache.read(source.file, flags.token).trim() : source.value.trim();
  // Header values are printable ASCII; anything else would fail later and could show the token.
  if (token !== '' && /^[\x21-\x7e]+$/.test(token)) return token;
  const problem = token === '' ? 'is empty' : 'holds characters that no token has';
  if ('file' in source) throw fileError(source.file, flags.token, problem);
  throw new MaestroError('usage', `the token of ${flags.tokenValue} ${problem}`, { delivery: 'not-sent' });
}

function stampOf(path: string, flag: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    throw unreadable(path, flag, error);
  }
}

function readText(path: string, flag: string): string {
  let text: string;
  try {
    text = readRegularFile(path, maxFileBytes).toString('utf8');
  } catch (error) {
    throw unreadable(path, flag, error);
  }
  if (text.trim() === '') throw fileError(path, flag, 'is empty');
  return text;
}

function unreadable(path: string, flag: string, error: unknown): MaestroError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const why: Readonly<Record<string, string>> = {
    ENOENT: 'does not exist',
    EACCES: 'may not be read by this user',
    EISDIR: 'is a directory',
  };
  return fileError(path, flag, why[code] ?? `cannot be read: ${code === '' ? message : code}`, error);
}

function fileError(path: string, flag: string, problem: string, cause?: unknown): MaestroError {
  return new MaestroError('usage', `the file ${path} ${problem}`, {
    hint: { program: `It was named by ${optionOf(flag)}.`, command: `It was named by ${flag}.` },
    delivery: 'not-sent',
    cause,
  });
}
