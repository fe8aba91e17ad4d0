import about from '../package.json' with { type: 'json' };

/** The version of cvmqtt. */
export const { version } = about;

/** The commit that this was built from, see `build.ts`; empty if it is not known. */
export const commit = process.env['CVMQTT_COMMIT'] ?? '';

/** All of it in a line. */
export const versionText = `cvmqtt ${version}${commit && ` (${commit})`}, Node.js ${process.versions.node}`;
