import type { PropertyOf } from '../../properties/property.ts';
import type { History } from '../history.ts';

/** Something that holds whatever happens. */
export type Property = PropertyOf<History>;
