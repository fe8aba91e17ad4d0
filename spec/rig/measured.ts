/** Says what a test measured, for who runs it with CVMQTT_MEASURED=1, as the figures of docs/faults.md are. */
export const measured = (figures: string): void => {
  if (process.env['CVMQTT_MEASURED'] === '1') process.stderr.write(`        ${figures}\n`);
};
