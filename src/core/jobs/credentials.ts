import type { JsonObject } from '../json.ts';
import { apiAccessFolder, tlsFolder, tokenFolder } from './names.ts';
import type { JobRequest } from './request.ts';

/** What a container needs so that it can prove who it is: environment, mounts, and the volumes behind them. */
export interface Credentials {
  readonly env: readonly JsonObject[];
  readonly mounts: readonly JsonObject[];
  readonly volumes: readonly JsonObject[];
}

const nothing: Credentials = { env: [], mounts: [], volumes: [] };

/** Tokens are short, the kubelet renews them, and both programs read them again. */
const tokenSeconds = 3600;

/** Certificates and token for Maestro. Without TLS there are none: neither would be sent. */
export function maestroCredentials(request: JobRequest): Credentials {
  const parts = [certificates(request), token(request)];
  return {
    env: parts.flatMap(({ env }) => env),
    mounts: parts.flatMap(({ mounts }) => mounts),
    volumes: parts.flatMap(({ volumes }) => volumes),
  };
}

function certificates({ tlsSecret, grpc, http, settings }: JobRequest): Credentials {
  if (tlsSecret === undefined) return nothing;
  const files = (channel: 'GRPC' | 'HTTP'): readonly JsonObject[] => [
    ...variables({
      [channel === 'GRPC' ? 'MAESTRO_GRPC_SERVER_CA_FILE' : 'MAESTRO_HTTP_CA_FILE']: `${tlsFolder}/ca.crt`,
    }),
    ...(settings.clientCertificate
      ? variables({
          [`MAESTRO_${channel}_CLIENT_CERT`]: `${tlsFolder}/tls.crt`,
          [`MAESTRO_${channel}_CLIENT_KEY`]: `${tlsFolder}/tls.key`,
        })
      : []),
  ];
  return {
    env: [...(grpc.tls ? files('GRPC') : []), ...(http.tls ? files('HTTP') : [])],
    mounts: [{ name: 'maestro-tls', mountPath: tlsFolder, readOnly: true }],
    volumes: [{ name: 'maestro-tls', secret: { secretName: tlsSecret } }],
  };
}

function token({ grpc, http, settings }: JobRequest): Credentials {
  const { tokenAudience } = settings;
  if (tokenAudience === undefined || !(grpc.tls || http.tls)) return nothing;
  const file = `${tokenFolder}/token`;
  return {
    env: variables({
      ...(grpc.tls ? { MAESTRO_GRPC_TOKEN_FILE: file } : {}),
      ...(http.tls ? { MAESTRO_HTTP_TOKEN_FILE: file } : {}),
    }),
    mounts: [{ name: 'maestro-token', mountPath: tokenFolder, readOnly: true }],
    volumes: [
      {
        name: 'maestro-token',
        projected: {
          sources: [
            { serviceAccountToken: { audience: tokenAudience, expirationSeconds: tokenSeconds, path: 'token' } },
          ],
        },
      },
    ],
  };
}

/**
 * The reporter's access to the API server, where in-cluster clients look for
 * it. It is a projected volume instead of the automatic one, which would hand
 * the token to the command too.
 */
export const apiAccess: Credentials = {
  env: [],
  mounts: [{ name: 'api-access', mountPath: apiAccessFolder, readOnly: true }],
  volumes: [
    {
      name: 'api-access',
      projected: {
        sources: [
          { serviceAccountToken: { expirationSeconds: tokenSeconds, path: 'token' } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          {
            downwardAPI: {
              items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
            },
          },
        ],
      },
    },
  ],
};

export function variables(values: Readonly<Record<string, string>>): readonly JsonObject[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
