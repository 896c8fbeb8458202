import ipaddr from 'ipaddr.js';

/** In a module of its own, so that the bundle loads it by first use: without a proxy, a run needs none of it. */
export { ipaddr };
