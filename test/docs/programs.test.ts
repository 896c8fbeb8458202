import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { projectRoot } from '../support/run-cli.ts';

/** The programs that the pages on the library show, each as a file of its own beside its page. */
const programs = new Map(
  ['README.md', 'docs/library.md'].flatMap((page) =>
    [...readFileSync(join(projectRoot, page), 'utf8').matchAll(/^```ts\n([^]*?)^```$/gm)].map(
      ([, text = ''], index) => [join(projectRoot, `${page}.${index}.ts`), text],
    ),
  ),
);

it('type-checks every program that the pages on the library show', () => {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(projectRoot, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config,
    ts.sys,
    projectRoot,
  );
  // A page shows what there is to use, and not that it is used.
  const host = ts.createCompilerHost({ ...options, noUnusedLocals: false });
  const withPrograms: ts.CompilerHost = {
    ...host,
    readFile: (name) => programs.get(name) ?? host.readFile(name),
    fileExists: (name) => programs.has(name) || host.fileExists(name),
    getSourceFile: (name, ...rest) => {
      const text = programs.get(name);
      return text === undefined
        ? host.getSourceFile(name, ...rest)
        : ts.createSourceFile(name, text, ts.ScriptTarget.ESNext);
    },
  };
  const whole = ts.createProgram([...programs.keys()], { ...options, noUnusedLocals: false }, withPrograms);
  const told = [...programs.keys()].flatMap((name) => {
    const source = whole.getSourceFile(name);
    return [...whole.getSyntacticDiagnostics(source), ...whole.getSemanticDiagnostics(source)].map(
      ({ messageText }) =>
        `${name.slice(dirname(projectRoot).length)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
  });
  expect(programs.size).toBeGreaterThan(7);
  expect(told).toEqual([]);
});
