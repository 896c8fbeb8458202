/** Agents end what they are to delete within seconds, but for an Application that Argo CD holds. */
const suspiciousMs = 60_000;

/**
 * The end of a sentence about a bundle whose deletion an agent has not confirmed. Agents have been seen to forget a
 * deletion that came in the moment of a report; they make what they deleted anew then, and end it only when they are
 * restarted.
 *
 * @param since RFC 3339, when its deletion was asked for
 */
export function unendedText(since: string, wallMs: number): string {
  if (!(wallMs - Date.parse(since) >= suspiciousMs)) return ' yet';
  return ` since ${since}; when nothing on the cluster holds it, the agent has lost it: restart the Maestro agent of the cluster`;
}
