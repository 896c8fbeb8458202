type Environment = Readonly<Record<string, string | undefined>>;

/** EVENT_ID: what the Job was started for; undefined when it is not set, or empty. */
export function eventIdOf(env: Environment): string | undefined {
  const eventId = env['EVENT_ID'];
  return eventId === '' ? undefined : eventId;
}

/** What each JSON line of a log has of it. */
export function eventFields(env: Environment): { readonly eventId?: string } {
  const eventId = eventIdOf(env);
  return eventId === undefined ? {} : { eventId };
}
