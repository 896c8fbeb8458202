/** By code units: the same everywhere, whatever the locale. */
export function byText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

const runs = /\d+|\D+/g;
const digits = /^\d/;

/** As `byText`, but digits that stand together are compared as a number, however many they are: `w-9` before `w-10`. */
export function naturally(left: string, right: string): number {
  const lefts = left.match(runs) ?? [];
  const rights = right.match(runs) ?? [];
  for (const [index, one] of lefts.entries()) {
    const other = rights[index];
    if (other === undefined) return 1;
    const order = digits.test(one) && digits.test(other) ? byNumber(one, other) : byText(one, other);
    if (order !== 0) return order;
  }
  return lefts.length - rights.length;
}

function byNumber(left: string, right: string): number {
  const [one, other] = [left.replace(/^0+/, ''), right.replace(/^0+/, '')];
  return one.length - other.length || byText(one, other);
}
