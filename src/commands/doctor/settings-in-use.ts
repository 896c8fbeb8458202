import { formatHostPort } from '../../clients/connection.ts';
import type { ConnectionOptions, LayeredReader, SettingOrigin } from '../../command-line/connection-options.ts';
import { settingKey } from '../../command-line/flag-values.ts';

/** A setting as it holds, and where it comes from. Secrets are not shown. */
export interface SettingInUse {
  readonly name: string;
  readonly value: string;
  readonly from: SettingOrigin | 'default';
}

type Row = readonly [attribute: string, env?: string];

const texts: readonly Row[] = [
  ['grpcServerCaFile', 'MAESTRO_GRPC_SERVER_CA_FILE'],
  ['grpcBrokerCaFile'],
  ['grpcClientCertFile', 'MAESTRO_GRPC_CLIENT_CERT'],
  ['grpcClientKeyFile', 'MAESTRO_GRPC_CLIENT_KEY'],
  ['grpcClientTokenFile', 'MAESTRO_GRPC_TOKEN_FILE'],
  ['httpCaFile', 'MAESTRO_HTTP_CA_FILE'],
  ['httpClientCertFile', 'MAESTRO_HTTP_CLIENT_CERT'],
  ['httpClientKeyFile', 'MAESTRO_HTTP_CLIENT_KEY'],
  ['httpTokenFile', 'MAESTRO_HTTP_TOKEN_FILE'],
];
const secrets: readonly Row[] = [
  ['grpcClientToken', 'MAESTRO_GRPC_TOKEN'],
  ['httpToken', 'MAESTRO_HTTP_TOKEN'],
];
const switches: readonly Row[] = [['insecureSkipVerify'], ['allowPlaintextToken']];

/** Everything that decides how Maestro is reached; what is not set anywhere and has no default is left out. */
export function settingsInUse(reader: LayeredReader, { settings, source }: ConnectionOptions): readonly SettingInUse[] {
  const { host, port, plaintext } = settings.grpcEndpoint;
  const textFrom = ([attribute, env]: Row): SettingOrigin | undefined =>
    reader.find((layer) => layer.text(attribute, env))?.from;
  const rows: SettingInUse[] = [
    {
      name: 'grpc-endpoint',
      value: `${plaintext ? 'grpc' : 'grpcs'}://${formatHostPort(host, port)}`,
      from: textFrom(['grpcEndpoint', 'MAESTRO_GRPC_ENDPOINT']) ?? 'default',
    },
    {
      name: 'http-endpoint',
      value: settings.httpEndpoint,
      from: textFrom(['httpEndpoint', 'MAESTRO_HTTP_ENDPOINT']) ?? 'default',
    },
    { name: 'source-id', value: source, from: textFrom(['sourceId', 'MAESTRO_SOURCE_ID']) ?? 'default' },
  ];
  for (const row of texts) {
    const found = reader.find((layer) => layer.text(...row));
    if (found !== undefined) rows.push({ name: settingKey(row[0]), value: found.value, from: found.from });
  }
  for (const row of secrets) {
    const from = textFrom(row);
    if (from !== undefined) rows.push({ name: settingKey(row[0]), value: '(not shown)', from });
  }
  for (const row of switches) {
    const found = reader.find((layer) => layer.on(...row));
    if (found?.value === true) rows.push({ name: settingKey(row[0]), value: 'true', from: found.from });
  }
  return rows;
}
