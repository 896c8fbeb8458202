import type { IncomingMessage } from 'node:http';
import type { Kind } from './kube-client.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** A request as the authoriser of a real API server sees it. */
export interface ApiRequest {
  readonly verb: Verb;
  readonly kind: Kind;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  /** CN of the client certificate. */
  readonly user: string;
  readonly userAgent: string;
  readonly contentType: string;
  readonly query: URLSearchParams;
  readonly path: string;
  /** Milliseconds since the front started. */
  readonly atMs: number;
}

type Address = Pick<ApiRequest, 'kind' | 'namespace' | 'name' | 'subresource'>;

/** Undefined for paths that name no resource, such as /readyz. */
export function parseApiRequest(message: IncomingMessage, user: string, atMs: number): ApiRequest | undefined {
  const url = new URL(message.url ?? '/', 'https://front');
  const address = parsePath(url.pathname);
  if (address === undefined) return undefined;
  const { headers, method = 'GET' } = message;
  return {
    ...address,
    verb: verbOf(method, address.name !== undefined, url.searchParams.get('watch')),
    user,
    userAgent: headers['user-agent'] ?? '',
    contentType: headers['content-type'] ?? '',
    query: url.searchParams,
    path: url.pathname,
    atMs,
  };
}

export function parsePath(path: string): Address | undefined {
  const [root, ...parts] = path.split('/').slice(1).map(decodeURIComponent);
  const group = root === 'api' ? '' : root === 'apis' ? parts.shift() : undefined;
  const version = parts.shift();
  if (group === undefined || version === undefined || parts[0] === undefined) return undefined;
  // A namespace is a resource of its own and the scope of others.
  const scoped = parts[0] === 'namespaces' && parts.length > 2;
  const namespace = scoped ? parts[1] : undefined;
  const [resource = '', name, subresource] = scoped ? parts.slice(2) : parts;
  return {
    kind: { group, version, resource },
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

export function verbOf(method: string, named: boolean, watch: string | null): Verb {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return named ? 'delete' : 'deletecollection';
    default:
      if (watch === 'true' || watch === '1') return 'watch';
      return named ? 'get' : 'list';
  }
}
