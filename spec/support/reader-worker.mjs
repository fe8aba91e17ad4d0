// The thread of `readInThread` as it is in the source: the built one is a file of its own.
import { register } from 'tsx/esm/api';

register();
await import('../../lib/capture/reader-worker.ts');
