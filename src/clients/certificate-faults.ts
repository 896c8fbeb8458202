/**
 * What OpenSSL says of a certificate that it refuses, each text as
 * `X509_verify_cert_error_string` has it: grpc-js passes on no more than the
 * text. Not here are "ok" and "out of memory", which are no faults of a
 * certificate. Names of hosts, times and unknown CAs have rules of their own,
 * with better hints.
 */
export const certificateFaults = [
  'unspecified certificate verification error',
  'unknown certificate verification error',
  'unable to get issuer certificate',
  'unable to get certificate CRL',
  "unable to decrypt certificate's signature",
  "unable to decrypt CRL's signature",
  'unable to decode issuer public key',
  'certificate signature failure',
  'CRL signature failure',
  'certificate is not yet valid',
  'certificate has expired',
  'CRL is not yet valid',
  'CRL has expired',
  "format error in certificate's notBefore field",
  "format error in certificate's notAfter field",
  "format error in CRL's lastUpdate field",
  "format error in CRL's nextUpdate field",
  'self-signed certificate',
  'self-signed certificate in certificate chain',
  'unable to get local issuer certificate',
  'unable to verify the first certificate',
  'certificate chain too long',
  'certificate revoked',
  "issuer certificate doesn't have a public key",
  'path length constraint exceeded',
  'unsuitable certificate purpose',
  'certificate not trusted',
  'certificate rejected',
  'subject issuer mismatch',
  'authority and subject key identifier mismatch',
  'authority and issuer serial number mismatch',
  'key usage does not include certificate signing',
  'unable to get CRL issuer certificate',
  'unhandled critical extension',
  'key usage does not include CRL signing',
  'unhandled critical CRL extension',
  'invalid non-CA certificate (has CA markings)',
  'proxy path length constraint exceeded',
  'key usage does not include digital signature',
  'proxy certificates not allowed, please set the appropriate flag',
  'invalid or inconsistent certificate extension',
  'invalid or inconsistent certificate policy extension',
  'no explicit policy',
  'different CRL scope',
  'unsupported extension feature',
  "RFC 3779 resource not subset of parent's resources",
  'permitted subtree violation',
  'excluded subtree violation',
  'name constraints minimum and maximum not supported',
  'application verification failure',
  'unsupported name constraint type',
  'unsupported or invalid name constraint syntax',
  'unsupported or invalid name syntax',
  'CRL path validation error',
  'path loop',
  'Suite B: certificate version invalid',
  'Suite B: invalid public key algorithm',
  'Suite B: invalid ECC curve',
  'Suite B: invalid signature algorithm',
  'Suite B: curve not allowed for this LOS',
  'Suite B: cannot sign P-384 with P-256',
  'hostname mismatch',
  'email address mismatch',
  'IP address mismatch',
  'no matching DANE TLSA records',
  'EE certificate key too weak',
  'CA certificate key too weak',
  'CA signature digest algorithm too weak',
  'invalid certificate verification context',
  'issuer certificate lookup error',
  'Certificate Transparency required, but no valid SCTs found',
  'proxy subject name violation',
  'OCSP verification needed',
  'OCSP verification failed',
  'OCSP unknown cert',
  'Cannot find certificate signature algorithm',
  'subject signature algorithm and issuer public key algorithm mismatch',
  'cert info signature and signature algorithm mismatch',
  'invalid CA certificate',
  'Path length invalid for non-CA cert',
  'Path length given without key usage keyCertSign',
  'Key usage keyCertSign invalid for non-CA cert',
  'Issuer name empty',
  'Subject name empty',
  'Missing Authority Key Identifier',
  'Missing Subject Key Identifier',
  'Empty Subject Alternative Name extension',
  'CA cert does not include key usage extension',
  'Using cert extension requires at least X509v3',
  'Certificate public key has explicit ECC parameters',
  'Raw public key untrusted, no trusted keys configured',
] as const;

/** What Node gives as the code of such an error. */
export const certificateCodes = [
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_CRL',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_DECRYPT_CRL_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'CERT_SIGNATURE_FAILURE',
  'CRL_SIGNATURE_FAILURE',
  'CERT_NOT_YET_VALID',
  'CERT_HAS_EXPIRED',
  'CRL_NOT_YET_VALID',
  'CRL_HAS_EXPIRED',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'ERROR_IN_CRL_LAST_UPDATE_FIELD',
  'ERROR_IN_CRL_NEXT_UPDATE_FIELD',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'INVALID_CA',
  'PATH_LENGTH_EXCEEDED',
  'INVALID_PURPOSE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'HOSTNAME_MISMATCH',
] as const;

let patterns: readonly RegExp[] | undefined;

/** The fault that a text names, in the words of OpenSSL or as Node's code; undefined when it is of something else. */
export function certificateFault(text: string): string | undefined {
  // Once, and by those who need it only: the longest first, because some texts begin with others.
  patterns ??= [certificateFaults, certificateCodes].map(anyOf);
  for (const pattern of patterns) {
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return found;
  }
  return undefined;
}

function anyOf(words: readonly string[]): RegExp {
  return new RegExp(
    words
      .toSorted((a, b) => b.length - a.length)
      .map((word) => word.replace(/[()]/g, '\\$&'))
      .join('|'),
    'i',
  );
}
