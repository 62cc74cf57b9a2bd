import manifest from '../../package.json' with { type: 'json' };

/** Mooring's own version. */
export const VERSION = manifest.version;
