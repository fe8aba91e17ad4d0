/** Prints what a test measured if CVMQTT_MEASURED=1, as for the figures of docs/faults.md. */
export const measured = (figures: string): void => {
  if (process.env['CVMQTT_MEASURED'] === '1') process.stderr.write(`        ${figures}\n`);
};
