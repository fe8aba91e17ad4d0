import about from '../package.json' with { type: 'json' };

/** The version of cvmqtt. */
export const { version } = about;
