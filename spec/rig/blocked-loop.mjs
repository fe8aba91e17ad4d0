import { writeSync } from 'node:fs';

// For `node --import`: SIGUSR2 blocks the event loop for good, as an endless loop in the program would. Says so first:
// until the loop comes to the signal, the program still does its work.
process.on('SIGUSR2', () => {
  writeSync(1, 'blocked\n');
  for (;;);
});
