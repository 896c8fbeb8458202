import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { editsOf, type Edit, type Mutation } from './mutation.ts';

/** A copy of a checkout that was built, in which one mutation after the other is built and taken back. */
export class WarmCopy {
  /** Its own, which goes with `remove`. */
  readonly folder: string;
  /** Texts of the files that are edited now, as they were when the copy was made. */
  readonly #before = new Map<string, string>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Whether a checkout has what a copy begins with. */
  static isBuilt(root: string): boolean {
    return existsSync(join(root, 'dist/lib')) && existsSync(join(root, 'dist/man'));
  }

  /** @param root a checkout with `dist` as the build left it */
  static make(root: string): WarmCopy {
    // Beside what is built: on the same disk, and left alone by all that reads the project.
    const folder = mkdtempSync(join(root, 'dist/mutations-'));
    const listed = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    for (const path of execFileSync('git', listed, { cwd: root, encoding: 'utf8' }).split('\0'))
      if (path !== '' && existsSync(join(root, path))) cpSync(join(root, path), join(folder, path));
    mkdirSync(join(folder, 'dist'));
    for (const built of ['lib', 'man'])
      cpSync(join(root, 'dist', built), join(folder, 'dist', built), { recursive: true });
    // As links of each file: the build looks at where packages lie.
    execFileSync('cp', ['-al', join(root, 'node_modules'), folder]);
    return new WarmCopy(folder);
  }

  /** The command with the fault in it, and beside it the library with the same fault. */
  async build(mutation: Mutation): Promise<string> {
    this.#takeBack();
    for (const edit of editsOf(mutation)) this.#apply(edit);
    // Not all at once: a search that runs beside it has an eye on the time.
    await promisify(execFile)(process.execPath, [join(this.folder, 'robustness/mutations/rebuild.ts')], {
      cwd: this.folder,
    });
    return join(this.folder, 'bin/maestro-cli');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #takeBack(): void {
    for (const [file, text] of this.#before) this.#write(file, text);
    this.#before.clear();
  }

  #apply(edit: Edit): void {
    const text = readFileSync(join(this.folder, edit.file), 'utf8');
    if (!this.#before.has(edit.file)) this.#before.set(edit.file, text);
    this.#write(edit.file, edited(edit, text));
  }

  #write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
    this.#writeLibrary(file);
  }

  /** The library is a module for each source file, so only the one that changed is written. */
  #writeLibrary(file: string): void {
    const built = join(this.folder, file.replace(/^src\//, 'dist/lib/').replace(/\.ts$/, '.js'));
    if (!existsSync(built)) return;
    const guard = /^import '[^']*require-node\.js';\n/.exec(readFileSync(built, 'utf8'))?.[0] ?? '';
    const { outputText } = ts.transpileModule(readFileSync(join(this.folder, file), 'utf8'), {
      compilerOptions: {
        target: ts.ScriptTarget.ES2024,
        module: ts.ModuleKind.ESNext,
        rewriteRelativeImportExtensions: true,
        verbatimModuleSyntax: true,
      },
      fileName: file,
    });
    writeFileSync(built, guard + outputText);
  }
}

/** The text with the edit in it; throws when what is to be replaced does not stand in it exactly once. */
export function edited({ file, find, replace }: Edit, text: string): string {
  if (text.split(find).length !== 2) throw new Error(`${file} does not hold once the text that is to be replaced`);
  return text.replace(find, () => replace);
}
