import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type StatusDirectory, statusDirectoryOf } from '../lib/status/status-file.js';
import { userId } from './user-id.js';

/** Linux's RAM disk: the temporary directory may be on flash. */
const ramDisk = '/dev/shm';

/** Where this user's daemon keeps its status. */
export const ownStatusDirectory = (): StatusDirectory =>
  statusDirectoryOf(process.env, existsSync(ramDisk) ? ramDisk : tmpdir(), userId());
