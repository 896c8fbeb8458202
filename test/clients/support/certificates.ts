import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** PEM texts of a certificate and its key. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

export interface IssueOptions {
  /** Distinguished name, such as `CN=adapter, O=hyperfleet`. */
  readonly name?: string;
  readonly dns?: readonly string[];
  readonly ips?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly client?: boolean;
}

export interface Authority {
  /** PEM text of the CA. */
  readonly cert: string;
  issue(options?: IssueOptions): Promise<Issued>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 24 * 60 * 60 * 1000;
let serial = 1;

/** Makes a throw-away CA that issues server certificates for localhost and 127.0.0.1, or what is asked for. */
export async function createAuthority(name = 'CN=test ca'): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await newKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: nextSerial(),
    name,
    notBefore: new Date(Date.now() - dayMs),
    notAfter: new Date(Date.now() + dayMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    cert: ca.toString('pem'),
    issue: async (options = {}) => {
      const own = await newKeys();
      const alternatives = [
        ...(options.dns ?? ['localhost']).map((value) => ({ type: 'dns' as const, value })),
        ...(options.ips ?? ['127.0.0.1']).map((value) => ({ type: 'ip' as const, value })),
      ];
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: nextSerial(),
        subject: options.name ?? 'CN=localhost',
        issuer: ca.subject,
        notBefore: options.notBefore ?? new Date(Date.now() - dayMs),
        notAfter: options.notAfter ?? new Date(Date.now() + dayMs),
        signingAlgorithm: algorithm,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new x509.ExtendedKeyUsageExtension([
            options.client ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth,
          ]),
          ...(options.client ? [] : [new x509.SubjectAlternativeNameExtension(alternatives)]),
        ],
      });
      const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', own.privateKey)).toString('base64');
      const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END PRIVATE KEY-----\n`;
      return { cert: certificate.toString('pem'), key };
    },
  };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function nextSerial(): string {
  serial += 1;
  return serial.toString(16).padStart(4, '0');
}
