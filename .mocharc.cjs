const { availableParallelism } = require('node:os');

module.exports = {
  'node-option': ['import=tsx', 'disable-warning=ExperimentalWarning'],
  // A test that hangs: what a test waits for has limits of its own. Long, as a busy machine is no failure.
  timeout: 180_000,
  // With --parallel, files in so many processes.
  jobs: Math.max(2, availableParallelism()),
  // With --watch.
  'watch-files': ['{bin,lib,proto,sim,simulate,spec,streams}/**/*'],
};
