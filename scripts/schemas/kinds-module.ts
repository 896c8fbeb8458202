import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

interface Sources {
  /** Folders of discovery documents, the newest release first. */
  readonly discovery: readonly string[];
  /** Folders of modules whose types say which release removes them. */
  readonly lifecycles: readonly string[];
  /** The minor number of the newest release. */
  readonly release: number;
  readonly modules: readonly string[];
}

/** The text of src/core/kinds/kubernetes-kinds.ts. */
export function kindsModule({ discovery, lifecycles, release, modules }: Sources): string {
  const resources: Record<string, Record<string, string>> = {};
  const served: Record<string, readonly string[]> = {};
  for (const [index, folder] of discovery.entries()) {
    for (const [groupVersion, list] of readDiscovery(folder)) {
      const group = groupVersion.includes('/') ? groupVersion.slice(0, groupVersion.indexOf('/')) : '';
      for (const { kind, name, namespaced, verbs } of list) {
        (resources[group] ??= {})[kind] ??=
          `${verbs.includes('get') && verbs.includes('create') ? '' : '!'}${namespaced ? '' : '*'}${name}`;
      }
      if (index === 0) served[groupVersion] = list.map(({ kind }) => kind).sort();
    }
  }
  const removed: Record<string, Record<string, number>> = {};
  for (const { groupVersion, kind, minor } of lifecycles.flatMap((folder) => readLifecycles(folder))) {
    if (minor > release || served[groupVersion]?.includes(kind) === true) continue;
    (removed[groupVersion] ??= {})[kind] ??= minor;
  }
  return [
    `// Made by scripts/compile-schemas.ts from ${modules.join(', ')}; do not edit.`,
    '',
    '/** API group → kind → plural name, with `*` in front when the kind is cluster-scoped, `!` when no cluster keeps such objects. */',
    `export const builtInResources: Readonly<Record<string, Readonly<Record<string, string>>>> = ${literal(resources)};`,
    '',
    '/** Group and version → the kinds that the newest release serves. */',
    `export const servedKinds: Readonly<Record<string, readonly string[]>> = ${literal(served)};`,
    '',
    '/** Group and version → kind → the minor number of the release that no longer serves it. */',
    `export const removedKinds: Readonly<Record<string, Readonly<Record<string, number>>>> = ${literal(removed)};`,
    '',
  ].join('\n');
}

/** Subresources (`pods/log`) are no kinds of their own. */
function readDiscovery(folder: string): readonly (readonly [string, readonly Resource[]])[] {
  return readdirSync(folder)
    .filter((name) => /^apis?__.*v\d+\w*\.json$/.test(name))
    .sort()
    .map((name) => {
      const { groupVersion, resources } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
        groupVersion: string;
        resources: readonly Resource[];
      };
      return [groupVersion, resources.filter((resource) => !resource.name.includes('/'))] as const;
    });
}

function readLifecycles(
  folder: string,
): readonly { readonly groupVersion: string; readonly kind: string; readonly minor: number }[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('zz_generated.prerelease-lifecycle.go'),
  );
  return files.sort().flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const version = name.split('/').at(-2) ?? '';
    const register = readFileSync(join(folder, name, '../register.go'), 'utf8');
    const group = /GroupName\s*=\s*"([^"]*)"/.exec(register)?.[1] ?? groupOfParent(join(folder, name, '../..'));
    const groupVersion = group === '' ? version : `${group}/${version}`;
    return [...text.matchAll(/func \(in \*(\w+)\) APILifecycleRemoved\(\) \(major, minor int\) \{\s*return 1, (\d+)/g)]
      .map((match) => ({ groupVersion, kind: match[1] ?? '', minor: Number(match[2]) }))
      .filter(({ kind }) => !kind.endsWith('List'));
  });
}

function groupOfParent(folder: string): string {
  return /GroupName\s*=\s*"([^"]*)"/.exec(readFileSync(join(folder, 'register.go'), 'utf8'))?.[1] ?? '';
}

/** An object as the project writes them: a line for each member of the outermost. */
function literal(value: Readonly<Record<string, unknown>>): string {
  const key = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`);
  const inline = (member: unknown): string => {
    if (Array.isArray(member)) return `[${member.map((item) => inline(item)).join(', ')}]`;
    if (typeof member === 'object' && member !== null)
      return `{ ${Object.entries(member)
        .map(([name, item]) => `${key(name)}: ${inline(item)}`)
        .join(', ')} }`;
    return typeof member === 'string' ? `'${member}'` : String(member);
  };
  const lines = Object.keys(value)
    .sort()
    .map((name) => `  ${key(name)}: ${inline(value[name])},`);
  return `{\n${lines.join('\n')}\n}`;
}
