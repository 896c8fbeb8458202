import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What was found when the survivors of a part were looked at, by source file: the sections of `notes/PART.md`. */
export function readNotes(part: string): ReadonlyMap<string, string> {
  const path = join(import.meta.dirname, 'notes', `${part}.md`);
  if (!existsSync(path)) return new Map();
  const [, ...sections] = `\n${readFileSync(path, 'utf8')}`.split(/\n## /);
  return new Map(
    sections.map((section) => {
      const end = section.indexOf('\n');
      return [section.slice(0, end).trim(), section.slice(end).trim()];
    }),
  );
}
