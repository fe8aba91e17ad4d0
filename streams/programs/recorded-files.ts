import { tap } from 'rxjs';
import type { UnitFiles } from '../sources/unit-files.js';
import type { Recorder } from './recorder.js';

/** The same files; the recorder sees what is read of them. */
export const recordedFiles = (files: UnitFiles, recorder: Recorder): UnitFiles => ({
  ...files,
  integrations$: files.integrations$.pipe(tap((set) => recorder.setChanged(set))),
  credentials$: files.credentials$.pipe(tap(({ filters }) => recorder.filtersChanged(filters))),
});
