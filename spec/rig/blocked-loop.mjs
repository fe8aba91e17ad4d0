// For `node --import`: SIGUSR2 blocks the event loop for good, as an endless loop in the program would.
process.on('SIGUSR2', () => {
  for (;;);
});
