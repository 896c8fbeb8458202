import { elsewhere } from './mutations/elsewhere.ts';
import { mutations } from './mutations/table.ts';
import { families } from './families.ts';

/** The rows of the README's tables; a test holds the file to them. */
export const readmeTables = {
  ...Object.fromEntries(
    families.map(({ name: family, properties }) => [
      family,
      properties.map(({ name, says }) => `| \`${name}\` | ${says} |`),
    ]),
  ),
  mutations: mutations.map(
    ({ name, whose, story, properties: by, withinSeconds }) =>
      `| ${story} | ${whose} | ${by.map((one) => `\`${one}\``).join(' or ')} | \`${name}\` | ${String(withinSeconds)} s |`,
  ),
  elsewhere: elsewhere.map(({ fault, whose, why, test }) => `| ${fault} | ${whose} | ${why} | \`${test}\` |`),
};
