/** Where the runbook of the controllers tells more. */
export function runbook(anchor: string): string {
  return `see docs/gitops.md#${anchor}`;
}
