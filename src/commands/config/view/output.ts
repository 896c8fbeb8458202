import type { OutputStream } from '../../../context.ts';
import type { ConfigFile } from '../../../core/config-file.ts';
import { toJson } from '../../../output/json.ts';
import { toYaml } from '../../../output/yaml.ts';
import { withoutCredentials } from '../shared/file.ts';
import type { ConfigViewOptions } from './options.ts';

/** Prints the whole file, without what may be a credential. */
export function printConfig(
  { contexts, currentContext }: ConfigFile,
  format: ConfigViewOptions['output'],
  stdout: OutputStream,
): void {
  const shown = [...contexts].map(([name, values]) => {
    const entries = Object.entries(values).map(([key, value]) => [key, withoutCredentials(key, value)]);
    return [name, Object.fromEntries(entries)] as const;
  });
  const value = {
    ...(currentContext === undefined ? {} : { 'current-context': currentContext }),
    contexts: Object.fromEntries(shown),
  };
  if (format === 'json') stdout.write(toJson(value));
  else stdout.write(toYaml(value), 'data');
}
