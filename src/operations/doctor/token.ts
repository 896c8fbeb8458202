import { checkToken, tokenOf, type ConnectionSettings } from '../../clients/connection.ts';
import { fileFlags, readToken } from '../../clients/files.ts';
import { formatAge } from '../../core/duration.ts';
import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import { fail, pass, skip, warn, type Finding } from './check.ts';
import type { Endpoint } from './endpoints.ts';

/** A token that ends sooner may end during a run. */
const soonMs = 5 * 60_000;

/**
 * The bearer token: whether it is there, readable and in date. Its payload is
 * read without checking the signature, which only the server can; the token
 * itself is never part of what is found.
 */
export function checkBearerToken(endpoint: Endpoint, settings: ConnectionSettings, wallMs: number): Finding {
  const { channel } = endpoint;
  const source = tokenOf(settings, channel);
  if (source === undefined) return skip(`none is given (${fileFlags[channel].token})`);
  let token: string;
  try {
    checkToken(settings, channel);
    token = readToken(source, channel);
  } catch (error) {
    return fail(MaestroError.from(error));
  }
  const from = 'file' in source ? `of ${source.file}` : `of ${fileFlags[channel].tokenValue} or its variable`;
  const claims = jwtClaims(token);
  if (claims === undefined)
    return pass(`the token ${from} is readable; it is no JWT, so its dates are not known`, { jwt: false });
  return judgeClaims(claims, from, wallMs);
}

function judgeClaims(claims: JsonObject, from: string, wallMs: number): Finding {
  const expiresMs = timeOf(claims['exp']);
  const startsMs = timeOf(claims['nbf']);
  const details = {
    jwt: true,
    ...pick(claims, 'sub', 'subject'),
    ...pick(claims, 'iss', 'issuer'),
    ...pick(claims, 'aud', 'audience'),
    ...(expiresMs === undefined ? {} : { expires: new Date(expiresMs).toISOString() }),
  };
  if (expiresMs !== undefined && expiresMs <= wallMs) {
    return fail(
      refused(
        `the token ${from} has expired ${formatAge(wallMs - expiresMs)} ago`,
        'Get a new one; a mounted service account token renews itself.',
      ),
      details,
    );
  }
  if (startsMs !== undefined && startsMs > wallMs) {
    return fail(
      refused(
        `the token ${from} is not valid before ${new Date(startsMs).toISOString()}`,
        'Check the clocks here and where it was made.',
      ),
      details,
    );
  }
  const audience = [claims['aud']]
    .flat()
    .filter((entry) => typeof entry === 'string')
    .join(', ');
  const whose = `${typeof claims['sub'] === 'string' ? claims['sub'] : 'nobody'}${audience === '' ? '' : ` for ${audience}`}`;
  if (expiresMs === undefined)
    return warn(`the token ${from} is ${whose} and never expires`, 'A token that expires is safer.', details);
  const left = `expires in ${formatAge(expiresMs - wallMs)}`;
  if (expiresMs - wallMs < soonMs)
    return warn(
      `the token ${from} is ${whose} and ${left}`,
      'A long wait may outlive it; a token file is read again when it changes.',
      details,
    );
  return pass(`the token ${from} is ${whose}, ${left}`, details);
}

/** The payload of a JWT; undefined for what is none. */
export function jwtClaims(token: string): JsonObject | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  try {
    const header = decoded(parts[0]);
    const claims = decoded(parts[1]);
    return isJsonObject(header) && 'alg' in header && isJsonObject(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

function decoded(part: string | undefined): JsonValue {
  return parseJson(Buffer.from(part ?? '', 'base64url').toString('utf8'));
}

/** NumericDate: seconds since the epoch. Dates beyond the calendar are as good as none. */
function timeOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Math.abs(value) < 8.64e12 ? value * 1000 : undefined;
}

function pick(claims: JsonObject, claim: string, name: string): Readonly<Record<string, unknown>> {
  return claims[claim] === undefined ? {} : { [name]: claims[claim] };
}

function refused(message: string, hint: string): MaestroError {
  return new MaestroError('access-denied', message, { reason: 'Unauthenticated', hint });
}
