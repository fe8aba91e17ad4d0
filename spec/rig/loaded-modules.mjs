// For `node --import`: says at the end whether the program loaded what starts processes.
process.on('exit', () => {
  const loads = process.moduleLoadList.includes('NativeModule child_process');
  process.stdout.write(`child_process: ${loads ? 'loaded' : 'not loaded'}\n`);
});
