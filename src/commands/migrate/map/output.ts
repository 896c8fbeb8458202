import type { OutputStream } from '../../../context.ts';
import type { JsonValue } from '../../../core/json.ts';
import type { Rename } from '../../../core/migration/renames.ts';
import { toJson } from '../../../output/json.ts';
import { toYaml } from '../../../output/yaml.ts';
import type { mapOutputs } from './options.ts';

export function printMap(all: readonly Rename[], format: (typeof mapOutputs)[number], stdout: OutputStream): void {
  if (format === 'json') stdout.write(toJson(all));
  else stdout.write(toYaml(all as unknown as JsonValue));
}
