import { oneLine } from '../../core/shown-text.ts';
import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { tlsFilesOf, type ConnectionSettings } from '../../clients/connection.ts';
import { createTlsSource, fileFlags, readCertificateFiles } from '../../clients/files.ts';
import { startTls } from '../../clients/tls.ts';
import { formatAge } from '../../core/duration.ts';
import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import { fail, pass, skip, warn, type Finding } from './check.ts';
import { explain, openEndpoint, type Endpoint } from './endpoints.ts';

/** Certificates that expire sooner are warned about. */
const soonMs = 14 * 86_400_000;

interface ShownCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  readonly notBefore: string;
  readonly notAfter: string;
}

function shown(certificate: X509Certificate): ShownCertificate {
  return {
    subject: distinguishedName(certificate.subject),
    issuer: distinguishedName(certificate.issuer),
    names: (certificate.subjectAltName ?? '').split(', ').filter((name) => name !== ''),
    notBefore: new Date(certificate.validFrom).toISOString(),
    notAfter: new Date(certificate.validTo).toISOString(),
  };
}

/** The certificate that we show: its files, its user and groups, its dates. */
export function checkClientCertificate(endpoint: Endpoint, settings: ConnectionSettings, wallMs: number): Finding {
  const { channel } = endpoint;
  const files = tlsFilesOf(settings, channel);
  try {
    if (!endpoint.tls) return skip('no TLS, so no certificate is read');
    const { cert } = readCertificateFiles(files, channel);
    if (cert === undefined) return skip(`none is given (${fileFlags[channel].cert})`);
    const certificate = shown(new X509Certificate(cert));
    const problem = dateProblem(certificate, wallMs, 'the client certificate');
    if (problem !== undefined) return { ...problem, details: { ...certificate } };
    if (channel === 'grpc' && !/(^|, )O=/.test(certificate.subject)) {
      return warn(
        `${certificate.subject} names no organisation (O)`,
        'Maestro takes the groups of the user from O, and refuses a certificate without one.',
        { ...certificate },
      );
    }
    return pass(`${certificate.subject}, until ${certificate.notAfter}`, { ...certificate });
  } catch (error) {
    return fail(MaestroError.from(error));
  }
}

/**
 * A handshake that goes on whatever the certificates are, so that they can be
 * looked at. Over gRPC it is followed by the greeting of HTTP/2, because in TLS
 * 1.3 a server refuses a client certificate only after the handshake.
 */
export async function checkTls(
  endpoint: Endpoint,
  settings: ConnectionSettings,
  clock: Clock,
  signal: AbortSignal,
): Promise<Finding> {
  if (!endpoint.tls) return skip(`${endpoint.label} is spoken to in plaintext`);
  try {
    const { context } = createTlsSource(tlsFilesOf(settings, endpoint.channel), endpoint.channel)();
    const socket = await openEndpoint(endpoint, settings, signal);
    try {
      const protocols = endpoint.channel === 'grpc' ? ['h2'] : ['http/1.1'];
      const secured = await startTls(socket, endpoint.host, { context, verify: false }, protocols);
      const finding = judgeHandshake(secured, endpoint, settings, clock.wallMs());
      if (finding.status !== 'fail' && secured.alpnProtocol === 'h2') await greet(secured, clock, signal);
      return finding;
    } finally {
      socket.destroy();
    }
  } catch (error) {
    signal.throwIfAborted();
    return fail(explain(error, endpoint, `no TLS with ${endpoint.label}`));
  }
}

/** The client's half of the HTTP/2 greeting: the preface and empty settings. */
const preface = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);
/** Servers send their settings unasked; those that do not are asked after this. */
const politeMs = 500;

/**
 * Resolves when the server says anything over TLS. Rejects with the alert when
 * it refuses. Written to early, a connection that the server has closed already
 * would be reset, and the alert lost with it.
 */
async function greet(socket: TLSSocket, clock: Clock, signal: AbortSignal): Promise<void> {
  const heard = new AbortController();
  clock.sleep(politeMs, AbortSignal.any([signal, heard.signal])).then(
    () => socket.write(preface),
    () => undefined,
  );
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('data', () => resolve());
      socket.once('error', reject);
      socket.once('close', () => reject(closedAtOnce()));
    });
  } finally {
    heard.abort();
  }
}

/** Not every server sends an alert: Node's does not, for a certificate of an unknown CA. */
function closedAtOnce(): MaestroError {
  return new MaestroError('unavailable', 'the server closed the connection right after the handshake', {
    hint: `It may not accept the client certificate (${fileFlags.grpc.cert}), or may be starting.`,
  });
}

function judgeHandshake(socket: TLSSocket, endpoint: Endpoint, settings: ConnectionSettings, wallMs: number): Finding {
  const chain = chainOf(socket).map(shown);
  const [leaf] = chain;
  const protocol = socket.getProtocol() ?? 'TLS';
  const details = { protocol, chain };
  const trouble = socket.authorized ? undefined : String(socket.authorizationError);
  if (trouble !== undefined && !settings.insecureSkipVerify) {
    const dated = chain
      .map((certificate) => dateProblem(certificate, wallMs, nameOf(certificate)))
      .find((problem) => problem?.status === 'fail');
    if (dated !== undefined) return { ...dated, details };
    return fail(
      explain(
        new Error(trouble),
        endpoint,
        `${endpoint.label} shows ${leaf?.subject ?? 'no certificate'} of ${leaf?.issuer ?? 'nobody'}`,
      ),
      details,
    );
  }
  if (trouble !== undefined) {
    return warn(
      `${endpoint.label} would not be trusted (${trouble}), and is because of --insecure-skip-verify`,
      `Give the CA with ${fileFlags[endpoint.channel].ca} and drop --insecure-skip-verify.`,
      details,
    );
  }
  const dated = chain
    .map((certificate) => dateProblem(certificate, wallMs, nameOf(certificate)))
    .find((problem) => problem !== undefined);
  if (dated !== undefined) return { ...dated, details };
  if (endpoint.channel === 'grpc' && socket.alpnProtocol !== 'h2') {
    return warn(`${endpoint.label} offers no HTTP/2`, 'gRPC needs it: look at what stands before the server.', details);
  }
  return pass(
    `${protocol}, ${leaf?.subject ?? 'a certificate'} of ${leaf?.issuer ?? 'an unknown CA'}, until ${leaf?.notAfter ?? 'unknown'}`,
    details,
  );
}

/** The certificates that the server sent, and those that complete them, the server's own first. */
function chainOf(socket: TLSSocket): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  const seen = new Set<string>();
  let current: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (current?.raw !== undefined && !seen.has(current.fingerprint256)) {
    seen.add(current.fingerprint256);
    chain.push(new X509Certificate(current.raw));
    current = current.issuerCertificate;
  }
  return chain;
}

function dateProblem(certificate: ShownCertificate, wallMs: number, what: string): Finding | undefined {
  const leftMs = Date.parse(certificate.notAfter) - wallMs;
  if (leftMs <= 0) {
    return fail(
      new MaestroError('access-denied', `${what} has expired on ${certificate.notAfter}, ${formatAge(-leftMs)} ago`, {
        reason: 'TlsFailed',
        hint: 'Renew it, and check the clock here.',
      }),
    );
  }
  if (Date.parse(certificate.notBefore) > wallMs) {
    return fail(
      new MaestroError('access-denied', `${what} is not valid before ${certificate.notBefore}`, {
        reason: 'TlsFailed',
        hint: 'Check the clocks here and where it was made.',
      }),
    );
  }
  if (leftMs > soonMs) return undefined;
  return warn(`${what} expires on ${certificate.notAfter}, in ${formatAge(leftMs)}`, 'Renew it soon.');
}

function nameOf(certificate: ShownCertificate): string {
  return `the server certificate ${certificate.subject}`;
}

/** Node gives names line by line. */
/** Node gives a part of the name on each line. */
function distinguishedName(name: string): string {
  return oneLine(name.trim().split('\n').join(', '));
}
