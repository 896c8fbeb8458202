import { expect, it } from 'vitest';
import { tellGoOn } from '../../../src/commands/shared/write/go-on.ts';
import type { WorkOutcome } from '../../../src/core/outcome/outcome.ts';
import { ExitCode } from '../../../src/exit-code.ts';

function outcome(consumer: string, how: 'cut short' | 'failed' | 'met', name = 'np'): WorkOutcome {
  return {
    manifestWorkName: name,
    consumer,
    phase: how === 'cut short' ? 'InProgress' : how === 'met' ? 'Applied' : 'Failed',
    reason: 'Interrupted',
    message: '',
    exitCode: how === 'met' ? ExitCode.Done : ExitCode.Interrupted,
  };
}

function told(works: readonly WorkOutcome[], condition = 'Applied'): readonly string[] {
  const lines: string[] = [];
  tellGoOn(works, condition, { info: (text) => void lines.push(text) });
  return lines;
}

it('names the command that goes on with what was cut short, and with nothing else', () => {
  expect(told([outcome('c1', 'met'), outcome('c2', 'cut short'), outcome('c3', 'failed')])).toEqual([
    'go on waiting with: maestro-cli wait np -c c2 --for=Applied',
  ]);
  expect(told([outcome('c1', 'met'), outcome('c3', 'failed')])).toEqual([]);
});

it('makes words of it that a shell takes as they are', () => {
  expect(told([outcome('c1', 'cut short')], 'Job:Complete OR Job:Failed')).toEqual([
    "go on waiting with: maestro-cli wait np -c c1 --for='Job:Complete OR Job:Failed'",
  ]);
});

it('says that the consumers were chosen before, where there are many or not all of them have each work', () => {
  const many = Array.from({ length: 6 }, (_, index) => outcome(`c${index}`, 'cut short'));
  const text = 'go on waiting with: maestro-cli wait np --for=Applied, and what chose the consumers';
  expect(told(many)).toEqual([text]);
  expect(told([outcome('c1', 'cut short', 'a'), outcome('c2', 'cut short', 'b')])).toEqual([
    'go on waiting with: maestro-cli wait a b --for=Applied, and what chose the consumers',
  ]);
});
