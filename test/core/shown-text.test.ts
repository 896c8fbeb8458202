import { describe, expect, it } from 'vitest';
import { oneLine, oneLineInPlace, oneWord, paragraph, shownJson, shownText } from '../../src/core/shown-text.ts';

const [escape, bell, rightToLeft, half, separator] = ['\u001b', '\u0007', '\u202e', '\ud800', '\u2028'];

describe('text that somebody else wrote', () => {
  it('is one line with single blanks for breaks and controls, and none around it', () => {
    expect(oneLine(` a\r\n\tb ${escape}[31mc${bell}\n`)).toBe('a b [31mc');
    expect(oneLine(`a${separator}b`)).toBe('a b');
  });

  it('shows a sign in the place of marks of direction and halves of characters', () => {
    expect(oneLine(`a${rightToLeft}${half}b`)).toBe('a\uFFFD\uFFFDb');
    expect(oneLine('😀')).toBe('😀');
  });

  it('is no command of a CI system', () => {
    expect(oneLine('a ##[error]b ##vso[task]c #[d] ##e')).toBe('a # #[error]b # #vso[task]c #[d] ##e');
    expect(shownText('a ##[error]b\n##vso[task]c')).toBe('a # #[error]b\n# #vso[task]c');
  });

  it('stays character for character where a caret stands below it', () => {
    expect(oneLineInPlace(`\ta\r\n${escape}b${rightToLeft} c`)).toBe(' a   b\uFFFD c');
  });

  it('keeps its lines where several are shown, with one kind of break and blanks for tabs and controls', () => {
    expect(shownText(`a\r\nb\rc\n\n\td${escape}${bell}e${rightToLeft} `)).toBe('a\nb\nc\n\n d  e\uFFFD ');
    expect(shownText(`a${separator}b`)).toBe('a b');
  });

  it('sets in the lines behind a word of ours, once', () => {
    expect(paragraph('a\nb\n  c\nd')).toBe('a\n  b\n  c\n  d');
  });

  it('is one word for a shell where it is a name', () => {
    expect(oneWord(`a b\n"'\`\\$${escape}${rightToLeft}${half}`)).toBe(`a\uFFFDb${'\uFFFD'.repeat(9)}`);
  });

  it('is the same value in JSON, with escapes for what steers', () => {
    const json = JSON.stringify(`a\u007f\u0085${separator}${rightToLeft}\u200e##[error]##vso[x] #[`);
    const shown = shownJson(json);
    expect(JSON.parse(shown)).toBe(JSON.parse(json));
    expect(shown).toBe(String.raw`"a\u007f\u0085\u2028\u202e\u200e\u0023#[error]\u0023#vso[x] #["`);
    expect(shownJson('{"a":[1,"b é 😀"]}')).toBe('{"a":[1,"b é 😀"]}');
  });
});
