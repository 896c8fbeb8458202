/** The sum of all series of a metric of the controllers that have these labels; 0 when there is none. */
export async function metric(
  port: number,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${String(port)}/metrics`);
  let sum = 0;
  for (const line of (await answer.text()).split('\n')) {
    const match = /^maestro_gitops_(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (match?.[1] !== name) continue;
    const series = `,${match[2] ?? ''},`;
    if (Object.entries(labels).every(([label, value]) => series.includes(`,${label}="${value}",`)))
      sum += Number(match[3]);
  }
  return sum;
}
