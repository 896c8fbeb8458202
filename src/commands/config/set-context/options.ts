import { parseGrpcEndpoint, parseHttpEndpoint } from '../../../clients/connection.ts';
import type { ParseInput } from '../../../command-line/command-spec.ts';
import { flagReader, settingKey } from '../../../command-line/flag-values.ts';
import { unknownValue } from '../../../core/works/did-you-mean.ts';
import { isDnsLabel } from '../../../core/works/names.ts';
import { MaestroError } from '../../../errors.ts';
import { parseContextName, type ConfigNameOptions } from '../shared/options.ts';

export interface ConfigSetOptions extends ConfigNameOptions {
  /** By key of the file; paths as they were given, so relative to the working folder. */
  readonly values: Readonly<Record<string, string | boolean>>;
  readonly unset: readonly string[];
  readonly use: boolean;
}

/** Connection flags that a context holds, by attribute name. */
const textFlags = [
  'grpcEndpoint',
  'httpEndpoint',
  'grpcServerCaFile',
  'grpcBrokerCaFile',
  'grpcClientCertFile',
  'grpcClientKeyFile',
  'grpcClientTokenFile',
  'httpCaFile',
  'httpClientCertFile',
  'httpClientKeyFile',
  'httpTokenFile',
  'sourceId',
  'consumer',
  'manager',
] as const;
const switchFlags = ['grpcPlaintext', 'insecureSkipVerify', 'allowPlaintextToken', 'keepHistory'] as const;
/** The keys of all that it sets. */
export const settingKeys: readonly string[] = [...textFlags, ...switchFlags].map(settingKey);
const tokenFlags = { grpcClientToken: '--grpc-client-token-file', httpToken: '--http-token-file' } as const;

export function parseSetContext(input: ParseInput): ConfigSetOptions {
  const flags = flagReader(input);
  for (const [name, instead] of Object.entries(tokenFlags)) {
    if (input.flags[name] === undefined) continue;
    throw new MaestroError('usage', 'a token is not written into the configuration file', {
      hint: `Put it into a file of its own and name that with ${instead}.`,
    });
  }
  const values: Record<string, string | boolean> = {};
  for (const name of textFlags) {
    const value = flags.text(name);
    if (value !== undefined) values[settingKey(name)] = value;
  }
  for (const name of switchFlags) if (flags.on(name)) values[settingKey(name)] = true;
  checkEndpoints(values);
  const { consumer } = values;
  if (typeof consumer === 'string' && !isDnsLabel(consumer))
    throw new MaestroError('usage', `"${consumer}" is no consumer name: it must be a DNS label`);
  const unset = flags.list('unset');
  const both = unset.find((key) => Object.hasOwn(values, key));
  if (both !== undefined) throw new MaestroError('usage', `${both} is set and unset at once`);
  const unknown = unset.find((key) => !settingKeys.includes(key));
  if (unknown !== undefined) throw unknownValue('--unset', unknown, settingKeys);
  const use = flags.on('use');
  if (Object.keys(values).length + unset.length === 0 && !use) {
    throw new MaestroError('usage', 'nothing to set', { hint: 'Give connection flags, such as --grpc-endpoint.' });
  }
  return { ...parseContextName(input), values, unset, use };
}

/** A mistake is told when it is made, not by the command that uses the context later. */
function checkEndpoints(values: Readonly<Record<string, string | boolean>>): void {
  const grpc = values['grpc-endpoint'];
  const http = values['http-endpoint'];
  if (typeof grpc === 'string') parseGrpcEndpoint(grpc, { plaintext: values['grpc-plaintext'] === true });
  if (typeof http === 'string') parseHttpEndpoint(http);
}
