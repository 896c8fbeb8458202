import type { RollOutPicture } from '../../core/roll-out/record.ts';
import type { ReasonGroup } from '../../core/outcome/grouped-reasons.ts';
import { counted } from '../../core/text.ts';
import { html, type Html } from './html.ts';
import { bounded } from './words.ts';

const mostGroups = 100;
const mostNames = 500;
/** Groups whose names are shown at once. */
const openGroups = 5;

/** What is in the way, by its cause, with the works that it stops. */
export function reasonsSection({ reasons, plan }: RollOutPicture): Html {
  if (reasons.length === 0) return html``;
  const noun = plan?.noun ?? 'work';
  const rest = reasons.slice(mostGroups);
  const more = html`<p class="quiet">And ${counted(rest.length, 'more cause')}; the result file has them all.</p>`;
  return html`<h2>What is in the way</h2>
    ${reasons.slice(0, mostGroups).map((group, index) => groupOf(group, noun, index < openGroups))}
    ${rest.length > 0 ? more : ''}`;
}

function groupOf({ message, works }: ReasonGroup, noun: string, isOpen: boolean): Html {
  const names = works.slice(0, mostNames).map(({ consumer, name }) => html`<li>${consumer}: ${name}</li>`);
  const rest = works.length - names.length;
  const content = html`<summary><b>${counted(works.length, noun)}</b>: ${bounded(message)}</summary>
    <ul>
      ${names}
    </ul>
    ${rest > 0 ? html`<p class="quiet">and ${rest} more</p>` : ''}`;
  return isOpen ? html`<details open>${content}</details>` : html`<details>${content}</details>`;
}
