/**
 * The command that runs a program where the system does not name its boots, so that each process counts as one, and where a
 * time service says that the clock is synchronised, or says nothing. In a mount namespace: nobody else sees that.
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
