import type { NewerFile } from '../../lib/storage/state-formats.js';

/** For files that no newer version wrote. */
export const noNewer = ({ file, format }: NewerFile): never => {
  throw new Error(`${file} has format ${format}`);
};
