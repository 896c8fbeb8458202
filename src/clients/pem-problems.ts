import { X509Certificate } from 'node:crypto';

/** What is wrong with PEM text, to stand behind "holds". */
export interface PemProblem {
  readonly problem: string;
  readonly cause?: unknown;
}

/**
 * What is wrong with the certificates of a text; undefined when there is at
 * least one and all are whole. Node passes over a broken certificate in silence
 * and then trusts nobody.
 */
export function certificateProblem(text: string): PemProblem | undefined {
  const begun = text.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/g)?.length ?? 0;
  if (begun === 0) return { problem: 'no PEM certificate' };
  const blocks = text.match(/-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END \1CERTIFICATE-----/g) ?? [];
  if (blocks.length < begun) return { problem: 'a certificate without its end' };
  for (const [index, block] of blocks.entries()) {
    try {
      new X509Certificate(block);
    } catch (cause) {
      return { problem: `a broken certificate (number ${index + 1})`, cause };
    }
  }
  return undefined;
}

/**
 * Why OpenSSL takes a certificate and its key not, from the error of `createSecureContext`; nothing of the files is in
 * it.
 */
export function contextProblem(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/key values mismatch/.test(text)) return 'the private key does not belong to the certificate';
  if (/bad decrypt|password|interrupted or cancelled/i.test(text))
    return 'the private key is encrypted, which is not supported';
  return 'they cannot be parsed';
}
