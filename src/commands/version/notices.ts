/** In a module of its own, which is loaded when it is asked for: it is longer than what most commands run. */
declare const THIRD_PARTY_NOTICES: string | undefined;

/** The licences of all that is built in, as one text; a program run from its sources has none. */
export const thirdPartyNotices = typeof THIRD_PARTY_NOTICES === 'undefined' ? undefined : THIRD_PARTY_NOTICES;
