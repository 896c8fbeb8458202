import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { preProcessFile } from 'typescript';
import { check } from './run.ts';

interface PackageJson {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const readPackage = (folder: string): PackageJson =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson;

export const libraryDependencies = (unpacked: string): readonly string[] =>
  Object.keys(readPackage(unpacked).dependencies);

/** The name of the package that a module is of; undefined for one of Node or one beside the importing one. */
function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || isBuiltin(specifier)) return undefined;
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0];
}

/** Compares what the compiled library imports, in code and in types, with what package.json says it needs. */
export function checkImports(unpacked: string): void {
  const { dependencies, peerDependencies = {} } = readPackage(unpacked);
  const imported = new Map<string, string>();
  for (const file of globSync('dist/lib/**/*.{js,d.ts}', { cwd: unpacked })) {
    for (const { fileName } of preProcessFile(readFileSync(join(unpacked, file), 'utf8'), true, true).importedFiles) {
      const name = packageOf(fileName);
      if (name !== undefined) imported.set(name, file);
    }
  }
  const missing = [...imported].filter(([name]) => !(name in dependencies) && !(name in peerDependencies));
  check('the library imports nothing that is not installed with it', missing.length === 0, missing);
  const idle = Object.keys(dependencies).filter((name) => !imported.has(name));
  check('every dependency is imported by the library', idle.length === 0, idle);
}
