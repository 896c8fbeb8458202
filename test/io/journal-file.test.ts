import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { headerLine, type JournalEntry } from '../../src/core/fleet/journal.ts';
import { openJournal } from '../../src/io/journal-file.ts';
import { usageErrorOf } from '../command-line/support.ts';
import { emptyFolder } from '../support/run-cli.ts';

const header = { endpoint: 'm:8090', source: 's', input: 'i' };
const entry = (number: number): JournalEntry => ({ consumer: `c${number}`, name: 'w', version: 1, work: 'h' });

describe('a journal file', () => {
  it('is on the disk after each batch and each flush, and goes on where it ended', () => {
    const cwd = emptyFolder();
    const lines = (): number => readFileSync(join(cwd, 'j'), 'utf8').split('\n').length - 1;
    const first = openJournal('j', cwd, header);
    expect(lines()).toBe(1);
    for (let number = 0; number < 24; number += 1) first.add(entry(number));
    expect(lines()).toBe(1);
    first.add(entry(24));
    expect(lines()).toBe(26);
    first.add(entry(25));
    first.flush();
    expect(lines()).toBe(27);
    first.close();
    writeFileSync(join(cwd, 'j'), '{"consumer":"half', { flag: 'a' });
    const second = openJournal('j', cwd, header);
    expect(second.entries.map(({ consumer }) => consumer)).toEqual(Array.from({ length: 26 }, (_unused, number) => `c${number}`));
    second.add(entry(26));
    second.flush();
    second.close();
    expect(openJournal('j', cwd, header).entries).toHaveLength(27);
  });

  it('that can not be used is a usage error before anything is sent', () => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, 'folder'));
    expect(usageErrorOf(() => openJournal('folder', cwd, header)).message).toMatch(/^the journal folder can not be used: it is no regular file/);
    expect(usageErrorOf(() => openJournal('no/such/j', cwd, header)).message).toMatch(/^the journal no\/such\/j can not be used: no such file or directory/);
    expect(usageErrorOf(() => openJournal('/dev/null', cwd, header)).message).toBe('the journal /dev/null can not be used: it is no regular file');
    writeFileSync(join(cwd, 'j'), headerLine({ ...header, input: 'other' }));
    usageErrorOf(() => openJournal('j', cwd, header));
    expect(readFileSync(join(cwd, 'j'), 'utf8')).toBe(headerLine({ ...header, input: 'other' }));
  });
});
