// The certificate library asks for it before all else.
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { X509Certificate } from '@peculiar/x509';
import { MaestroError } from '../../errors.ts';
import { fileMode, writeWhole } from '../../io/write-file.ts';
import type { StandInAccess } from '../options.ts';
import type { AccessKeys } from './access.ts';

/** Where `startStandIn` wrote what clients need; every file is readable by its owner only. */
export interface IssuedFiles {
  readonly caFile: string;
  /** CN=nodepool-adapter, O=hyperfleet. */
  readonly clientCertFile: string;
  readonly clientKeyFile: string;
  /** CN=nodepool-adapter without an organisation. */
  readonly noOrganisationCertFile: string;
  readonly noOrganisationKeyFile: string;
  /** A client of a CA that the server does not know, and that CA. */
  readonly foreignCaFile: string;
  readonly foreignCertFile: string;
  readonly foreignKeyFile: string;
  /** The token of user nodepool-adapter. */
  readonly tokenFile: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 86_400_000;
const adapterUser = 'nodepool-adapter';

interface Pair {
  readonly certificate: X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * Makes a CA, a server certificate for localhost and 127.0.0.1, client certificates and a token (P-256).
 *
 * @param old keys that these take the place of: who has the new files trusts a server of either
 */
export async function issueKeys(
  access: StandInAccess,
  wallMs: number,
  old?: AccessKeys,
): Promise<{ readonly keys: AccessKeys; readonly files: IssuedFiles }> {
  const { directory } = access;
  if (directory === undefined) {
    throw new MaestroError('usage', `access mode ${access.mode} needs a directory for its certificates`);
  }
  const valid = { notBefore: new Date(wallMs - dayMs), notAfter: new Date(wallMs + 365 * dayMs) };
  const expired = { notBefore: new Date(wallMs - 2 * dayMs), notAfter: new Date(wallMs - dayMs) };
  // OpenSSL takes the first CA of a name, whichever key it has: two in one file need two names.
  const ca = await authority(old === undefined ? 'CN=stand-in CA' : `CN=stand-in CA ${serialNumber()}`, valid);
  const foreignCa = await authority('CN=foreign CA', valid);
  const server = await leaf(ca, 'CN=maestro', access.expiredServerCertificate === true ? expired : valid, true);
  const client = await leaf(ca, `CN=${adapterUser}, O=hyperfleet`, valid, false);
  const noOrganisation = await leaf(ca, `CN=${adapterUser}`, valid, false);
  const foreign = await leaf(foreignCa, `CN=${adapterUser}, O=hyperfleet`, valid, false);
  const token = randomBytes(24).toString('base64url');

  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const write = (name: string, text: string): string => {
    const file = join(directory, name);
    writeWhole(file, text, fileMode.secret);
    return file;
  };
  const files: IssuedFiles = {
    caFile: write('ca.crt', `${pem(ca)}${old?.serverCa ?? ''}`),
    clientCertFile: write('client.crt', pem(client)),
    clientKeyFile: write('client.key', await keyPem(client)),
    noOrganisationCertFile: write('no-organisation.crt', pem(noOrganisation)),
    noOrganisationKeyFile: write('no-organisation.key', await keyPem(noOrganisation)),
    foreignCaFile: write('foreign-ca.crt', pem(foreignCa)),
    foreignCertFile: write('foreign.crt', pem(foreign)),
    foreignKeyFile: write('foreign.key', await keyPem(foreign)),
    tokenFile: write('token', token),
  };
  const serverTls = { cert: pem(server), key: await keyPem(server), minVersion: 'TLSv1.3' } as const;
  const checksClients = access.mode === 'mtls';
  const clientCheck = checksClients ? { ca: pem(ca), requestCert: true, rejectUnauthorized: true } : {};
  return {
    files,
    keys: {
      httpTls: { ...serverTls, ALPNProtocols: ['http/1.1'] },
      grpcTls: { ...serverTls, ...clientCheck, ALPNProtocols: ['h2'] },
      serverCa: pem(ca),
      ...(checksClients ? { clientCa: pem(ca) } : {}),
      tokens: new Map([[token, adapterUser]]),
    },
  };
}

async function authority(name: string, validity: Validity): Promise<Pair> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name,
      ...validity,
      signingAlgorithm: algorithm,
      keys,
      serialNumber: serialNumber(),
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    },
    webcrypto,
  );
  return { certificate, keys };
}

async function leaf(issuer: Pair, subject: string, validity: Validity, forServer: boolean): Promise<Pair> {
  const keys = await newKeys();
  const names = [
    { type: 'dns', value: 'localhost' },
    { type: 'ip', value: '127.0.0.1' },
  ] as const;
  const certificate = await X509CertificateGenerator.create(
    {
      subject,
      issuer: issuer.certificate.subject,
      ...validity,
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: issuer.keys.privateKey,
      serialNumber: serialNumber(),
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([forServer ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth]),
        ...(forServer ? [new SubjectAlternativeNameExtension([...names])] : []),
      ],
    },
    webcrypto,
  );
  return { certificate, keys };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

/** Positive: the first bit is clear. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x3f;
  return bytes.toString('hex');
}

function pem({ certificate }: Pair): string {
  return `${certificate.toString('pem')}\n`;
}

async function keyPem({ keys }: Pair): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return `${PemConverter.encode(der, 'PRIVATE KEY')}\n`;
}
