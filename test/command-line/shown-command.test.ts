import { describe, expect, it } from 'vitest';
import { applyCommand } from '../../src/commands/apply/command.ts';
import { shownCommand } from '../../src/command-line/shown-command.ts';

describe('a command line that is kept', () => {
  it.each([
    [['apply', '-f', 'w.yaml'], 'maestro-cli apply -f w.yaml'],
    [['apply', '--http-token', 'abc', '-f', 'w.yaml'], "maestro-cli apply --http-token '***' -f w.yaml"],
    [['apply', '--http-token=abc'], "maestro-cli apply '--http-token=***'"],
    [['apply', '--grpc-client-token', '-abc=d'], "maestro-cli apply --grpc-client-token '***'"],
    [['apply', '--grpc-client-token=a=b'], "maestro-cli apply '--grpc-client-token=***'"],
    [['apply', '--http-endpoint', 'http://u:pw@host'], "maestro-cli apply --http-endpoint 'http://***@host'"],
    [['apply', '--grpc-endpoint=u:pw@host:1'], "maestro-cli apply '--grpc-endpoint=***@host:1'"],
    [['apply', '-f', 'https://u:pw@host/x.yaml'], "maestro-cli apply -f 'https://***@host/x.yaml'"],
    [['apply', "--watch=Job:'a b'"], String.raw`maestro-cli apply '--watch=Job:'\''a b'\'''`],
    [['apply', '--grpc-client-token-file', 'tokens/a'], 'maestro-cli apply --grpc-client-token-file tokens/a'],
    [['apply', 'a\u202eb\nc', ''], "maestro-cli apply 'a\uFFFDb c' ''"],
  ])('%j', (argv, shown) => {
    expect(shownCommand(argv, applyCommand)).toBe(shown);
  });

  it('is called as it was typed', () => {
    expect(shownCommand(['apply'], applyCommand, 'kubectl maestro')).toBe('kubectl maestro apply');
  });
});
