import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './run-cli.ts';

/** A field of the CustomResourceDefinition of ManifestWork. */
export interface CrdField {
  readonly type: string;
  readonly required: boolean;
  readonly default?: string;
  readonly oneOf?: readonly string[];
}

/** What the work API says, at the commit that Maestro is built with; scripts/schemas/work-api.ts prints it. */
export interface WorkApi {
  /** Path, such as `spec.manifestConfigs[].updateStrategy.type` → field. */
  readonly fields: ReadonlyMap<string, CrdField>;
  /** `Struct.field` → its Go type, with ` omitempty` behind it when Go leaves it out. */
  readonly structs: ReadonlyMap<string, string>;
}

export function readWorkApi(): WorkApi {
  const lines = readFileSync(join(projectRoot, 'test/fixtures/kubernetes/work-api.txt'), 'utf8').trim().split('\n');
  const fields = new Map<string, CrdField>();
  const structs = new Map<string, string>();
  for (const line of lines) {
    const [what, name = '', type = '', ...facts] = line.split(' ');
    if (what === 'go') structs.set(name, [type, ...facts].join(' '));
    if (what !== 'crd') continue;
    const preset = facts.find((fact) => fact.startsWith('default='))?.slice('default='.length);
    const values = facts.find((fact) => fact !== 'required' && !fact.startsWith('default='))?.split('|');
    fields.set(name, {
      type,
      required: facts.includes('required'),
      ...(preset === undefined ? {} : { default: preset }),
      ...(values === undefined ? {} : { oneOf: values }),
    });
  }
  return { fields, structs };
}
