/** Names a run: when it began, and so much chance that two that begin at once differ. */
export function newRunId(wallMs: number, random: () => number): string {
  const time = new Date(wallMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '')
    .toLowerCase();
  return `${time}-${Math.floor(random() * 0x1000000)
    .toString(16)
    .padStart(6, '0')}`;
}
