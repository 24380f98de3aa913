import packageJson from '../package.json' with { type: 'json' };

/** Of millrace, as this master is. */
export const version: string = packageJson.version;
