const { availableParallelism } = require('node:os');

module.exports = {
  'node-option': ['import=tsx', 'disable-warning=ExperimentalWarning'],
  // A test that hangs: what a test waits for has limits of its own. Long, as a busy machine is no failure.
  timeout: 180_000,
  // With --parallel, how many processes run files: one more than there are cores, as end-to-end tests mostly wait.
  jobs: availableParallelism() + 1,
  // With --watch.
  'watch-files': ['{bin,lib,proto,sim,simulate,spec,streams}/**/*'],
};
