import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { editsOf, type Edit } from '../../robustness/mutations/mutation.ts';
import { edited } from '../../robustness/mutations/warm-copy.ts';
import { mutations } from '../../robustness/mutations/table.ts';
import { projectRoot } from '../support/run-cli.ts';

/** A fault leaves names behind that nothing uses any more; the compiler says so in three ways. */
const unused: readonly number[] = [6133, 6192, 6198];

/** The files that mutations change, and all that they import, of which what has not changed is read once. */
class CheckedCode {
  readonly #files: readonly string[];
  readonly #options: ts.CompilerOptions;
  readonly #host: ts.CompilerHost;
  readonly #read = new Map<string, ts.SourceFile | undefined>();
  #texts = new Map<string, string>();
  #program: ts.Program | undefined;

  constructor(files: readonly string[]) {
    this.#files = [...new Set(files.map(pathOf))];
    const configText = readFileSync(join(projectRoot, 'tsconfig.json'), 'utf8');
    const { config } = ts.parseConfigFileTextToJson('tsconfig.json', configText) as { config: unknown };
    this.#options = { ...ts.parseJsonConfigFileContent(config, ts.sys, projectRoot).options, noEmit: true };
    this.#host = ts.createCompilerHost(this.#options);
    const plain = ts.createCompilerHost(this.#options);
    this.#host.getSourceFile = (file, language) => {
      const text = this.#texts.get(file);
      if (text !== undefined) return ts.createSourceFile(file, text, language, true);
      if (!this.#read.has(file)) this.#read.set(file, plain.getSourceFile(file, language));
      return this.#read.get(file);
    };
  }

  /** What the compiler says of the files with these edits. */
  faultsWith(edits: readonly Edit[]): readonly string[] {
    this.#texts = new Map();
    for (const edit of edits) {
      const file = pathOf(edit.file);
      this.#texts.set(file, edited(edit, this.#texts.get(file) ?? textOf(edit.file)));
    }
    const program = ts.createProgram({
      rootNames: this.#files,
      options: this.#options,
      host: this.#host,
      ...(this.#program === undefined ? {} : { oldProgram: this.#program }),
    });
    this.#program = program;
    return [...this.#texts.keys()].flatMap((file) => {
      const source = program.getSourceFile(file);
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
        .filter(({ code }) => !unused.includes(code))
        .map(({ start = 0, messageText }) => {
          const line = source === undefined ? 0 : source.getLineAndCharacterOfPosition(start).line + 1;
          return `${relative(projectRoot, file)}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
        });
    });
  }
}

function textOf(file: string): string {
  return readFileSync(pathOf(file), 'utf8');
}

function pathOf(file: string): string {
  return join(projectRoot, file);
}

/**
 * What was right for the code when a mutation was written may mean something else for that of today, so that it brings
 * back another fault, or none. The compiler sees that of the files that are changed, and the build does not ask it; of
 * those that import them nothing is asked.
 */
describe('the code with each mutation', () => {
  const checked = new CheckedCode(mutations.flatMap((mutation) => editsOf(mutation).map(({ file }) => file)));

  it('is not compiled when it means nothing', { timeout: 120_000 }, () => {
    const [{ file } = { file: '' }] = mutations;
    const [found = ''] = checked.faultsWith([
      { file, find: /^import .*/m.exec(textOf(file))?.[0] ?? '', replace: 'let x: number = "1";' },
    ]);
    expect(found).toMatch(/^src\/.*:\d+: .*is not assignable to type 'number'/);
  });

  it.each(mutations)('$name compiles', { timeout: 120_000 }, (mutation) => {
    expect(checked.faultsWith(editsOf(mutation))).toEqual([]);
  });
});
