/** What was found when the survivors of a file were looked at. */
export const notes: Readonly<Record<string, string>> = {
  'src/core/ownership/merge-works.ts':
    'Lines 163 to 178 (may options be meant for an object of another manager, by plurals that no rule makes): the shape where two objects of one name could be meant has no test of its own yet. Lines 189 and 191 (who loses shared parts when all objects of others go, which is a loss told already): left. Line 250 and the first of 219 and 220 change which objects a guess sees that has no other candidates: as line 163. Lines 269 are equivalent, for a label that was stored has both an old form and an owner; line 299: an option that is absent and one that is undefined are written alike.',
  'src/core/ownership/owners.ts':
    'Lines 35, 36 and 60 are for works that take over and for plans, and are tested there, which this part does not run. Line 48 cannot meet equal managers, and its order of labels is for reading. Lines 68 and 72 end in the same empty record by the next check. Line 78: a label that is no text names no manifest, so it changes nothing.',
  'src/core/ownership/removals.ts':
    'Equivalent: `ownersOf` names a manager for each manifest of the work, so the check for none is for the type alone.',
  'src/core/expressions/tokens.ts':
    'Bounds of loops at the end of a text, where `charAt` gives no character, are equivalent. The texts of a token that nobody reads, and the marks of the escape of four digits: left.',
  'src/core/expressions/refuse-impossible.ts':
    'Most change only what a refusal suggests (which word was meant, what the work has instead): left. That it refuses, and what, is noticed.',
  'src/core/expressions/judge-work.ts':
    'Most change what is told of a wait, not its truth: which reasons are named. Lines 16 and 35 take a way round that comes to the same truth for every work a test has; left.',
  'src/core/expressions/judge-resource.ts':
    'The texts of reasons, and how long a shown value may be. Line 54 and 61 are about which reason is told where a condition is absent; left.',
  'src/core/expressions/kubectl-words.ts':
    'What a user of `kubectl wait` is told to write instead. A hint that is worded less well breaks nothing: left.',
};
