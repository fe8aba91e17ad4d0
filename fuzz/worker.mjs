// The thread that runs cases, see worker.ts.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
