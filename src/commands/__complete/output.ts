import type { OutputStream } from '../../context.ts';
import { oneLine } from '../../core/shown-text.ts';
import type { Offer } from './offers.ts';

/** What is told to a shell. */
export type Answer =
  | { readonly kind: 'words'; readonly offers: readonly Offer[] }
  | { readonly kind: 'files' }
  | { readonly kind: 'directories' };

/** As cobra numbers them: scripts of others, such as kubectl's for its plugins, read the same. */
const directives = { noSpace: 2, noFiles: 4, directories: 16 } as const;

export function printAnswer(answer: Answer, stdout: OutputStream): void {
  stdout.write(answerText(answer), 'data');
}

function answerText(answer: Answer): string {
  if (answer.kind === 'files') return ':0\n';
  if (answer.kind === 'directories') return `:${directives.directories}\n`;
  const { offers } = answer;
  // More is to be typed behind these.
  const open = offers.length > 0 && offers.every(({ word }) => word.endsWith('='));
  const lines = offers.map(({ word, about = '' }) => (about === '' ? word : `${word}\t${oneLine(about)}`));
  return [...lines, `:${directives.noFiles + (open ? directives.noSpace : 0)}`, ''].join('\n');
}
