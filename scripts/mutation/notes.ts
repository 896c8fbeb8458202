/** What was found when the survivors of a file were looked at, one by one. */
export const notes: Readonly<Record<string, string>> = {};
