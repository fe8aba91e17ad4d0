/**
 * The command to run a program in a mount namespace without a boot id, so that each process counts as a boot,
 * and with or without a time service that says that the clock is synchronised.
 */
export const namelessBoots = ({ synchronised }: { readonly synchronised: boolean }): readonly string[] => {
  const flag = '/run/systemd/timesync';
  const steps = [
    'mount -t tmpfs cvmqtt-e2e /run',
    'mount --bind /dev/null /proc/sys/kernel/random/boot_id',
    ...(synchronised ? [`mkdir -p ${flag}`, `touch ${flag}/synchronized`] : []),
    'exec "$@"',
  ];
  return ['unshare', '-m', 'sh', '-c', steps.join(' && '), 'sh'];
};
