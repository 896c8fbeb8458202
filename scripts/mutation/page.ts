import { aim, readFigures, type FileFigures } from './figures.ts';
import { readNotes } from './notes.ts';
import { parts } from './parts.ts';

type Sum = Omit<FileFigures, 'left'>;

const head = `# Mutation testing

Tests that pass say little of what they would notice. [StrykerJS](https://stryker-mutator.io) changes the code in one place after the other (a condition turned round, a call left out, a text emptied) and runs the tests that come to that place; a mutant that no test notices survives. It is run over what decides: \`src/core\`, the stores of works and of the stand-in, the policy and the status decisions of the GitOps controllers. The aim is a score of ${String(aim)} %.

\`\`\`
npm run mutation                      # all parts, one after the other
npm run mutation -- --part ownership  # one of them
\`\`\`

It runs by parts (\`scripts/mutation/parts.ts\`), in one process with low priority, and writes what it found into this page. What it knows of a part stays in \`.mutation/\`, which git ignores: a second run takes only what changed, in the code or in the tests, and \`.mutation/PART.html\` shows each mutant in its place. A part that was ended early begins again; those before it are kept. It is not part of CI.

- The score is Stryker's: mutants that were noticed (killed, or without end) of all that could be run. No kind of mutant is excluded, and no line by a comment; of files two tables that a script makes of the sources of Kubernetes (\`kubernetes-kinds.ts\`, \`kubernetes-data.ts\`), which decide nothing. "Without texts" leaves out those that only empty a text, most of them of a message; it is shown beside, and the aim holds for the score with them.
- A mutant is tried by the quick tests of its part and not by all tests there are: one that survives here may well be noticed by \`npm test\`.
- Property tests draw from one fixed seed here, so that a figure can be measured again.
- Seconds are those of a run from nothing, on a machine with two cores that had other work.
`;

/** The whole of docs/mutation-testing.md. */
export function mutationPage(): string {
  const figures = new Map(parts.map(({ name }) => [name, readFigures(name)]));
  const measured = parts.flatMap(({ name }) => Object.values(figures.get(name)?.files ?? {}));
  const rows = parts.map(({ name, mutate }) => {
    const part = figures.get(name);
    const what = mutate.map((glob) => `\`${glob.replace('/**/*.ts', '')}\``).join(', ');
    if (part === undefined) return `| ${name} | ${what} | not run yet | | | | | | | |`;
    return `| ${name} | ${what} | ${cells(sumOf(Object.values(part.files)))} | ${part.seconds ?? ''} |`;
  });
  return [
    head,
    '## Figures',
    '',
    '| part | of | mutants | killed | without end | survived | not reached | score | without texts | seconds |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...rows,
    `| **all that was run** | | ${cells(sumOf(measured))} | |`,
    '',
    '## What survived',
    '',
    'By file, with what was found when they were looked at. A number is a line of the file as it was then.',
    ...parts.flatMap(({ name }) => survivorsOf(figures.get(name)?.files ?? {}, readNotes(name))),
    '',
  ].join('\n');
}

function survivorsOf(
  files: Readonly<Record<string, FileFigures>>,
  notes: ReadonlyMap<string, string>,
): readonly string[] {
  return Object.entries(files).flatMap(([file, { left }]) =>
    left.length === 0
      ? []
      : [
          '',
          `### \`${file}\`: ${left.length}`,
          '',
          notes.get(file) ?? 'Not looked at one by one yet.',
          '',
          '<details><summary>all of them</summary>',
          '',
          '```',
          ...left.map((one) => one.replaceAll('```', "'''")),
          '```',
          '',
          '</details>',
        ],
  );
}

function cells(sum: Sum): string {
  const { killed, timedOut, survived, notReached, texts } = sum;
  const noticed = killed + timedOut;
  const left = survived + notReached;
  const without = score(noticed - texts[0], left - texts[1]);
  return [noticed + left, killed, timedOut, survived, notReached, score(noticed, left), without].join(' | ');
}

function score(noticed: number, left: number): string {
  return noticed + left === 0 ? '' : `${((100 * noticed) / (noticed + left)).toFixed(1)} %`;
}

function sumOf(files: readonly FileFigures[]): Sum {
  const sum = (of: (file: FileFigures) => number): number => files.reduce((total, file) => total + of(file), 0);
  return {
    killed: sum(({ killed }) => killed),
    timedOut: sum(({ timedOut }) => timedOut),
    survived: sum(({ survived }) => survived),
    notReached: sum(({ notReached }) => notReached),
    invalid: sum(({ invalid }) => invalid),
    texts: [sum(({ texts }) => texts[0]), sum(({ texts }) => texts[1])],
  };
}
